// The phone's page comes alive: forms post without leaving it, and the socket brings drawn pieces of it.
const RETRY_MS = [300, 1000, 2000, 5000];
const POLL_MS = 2000;
const scroll = document.getElementById("scroll");

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}

function isAtEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
}

// A window that changes its size keeps the newest message in sight.
let staysAtEnd = true;
scroll.addEventListener("scroll", () => { staysAtEnd = isAtEnd(); });
const stay = () => { if (staysAtEnd) toEnd(); };
new ResizeObserver(stay).observe(scroll);
// A picture or film that has arrived is taller than its place was.
for (const arrival of ["load", "loadedmetadata"]) scroll.addEventListener(arrival, stay, true);

/** Put a drawn fragment in the place of its element, or into the list where it belongs. */
function place({ id, html, into, at_start: atStart }) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const drawn = holder.content.firstElementChild;
  if (!drawn) return;
  const old = document.getElementById(id);
  if (old) {
    if (old.contains(document.activeElement) && id === "faults") return;
    if (old.tagName === "DETAILS") drawn.open = old.open;
    old.replaceWith(drawn);
  } else if (into) {
    const list = document.getElementById(into);
    list.querySelector(".no-calls")?.remove();
    if (atStart) list.prepend(drawn);
    else list.append(drawn);
    while (into === "calls" && list.children.length > 100) list.lastElementChild.remove();
  }
}

function draw(fragments) {
  const follow = isAtEnd();
  for (const fragment of fragments) place(fragment);
  for (const form of document.querySelectorAll("form:not([data-token])")) giveToken(form);
  expireTyping();
  if (follow) toEnd();
}

/** Pieces that came by the socket were drawn without a request, so the page's own token is put into their forms. */
function giveToken(form) {
  form.dataset.token = "";
  const known = document.querySelector("#composer [name=csrfmiddlewaretoken]");
  const own = form.querySelector("[name=csrfmiddlewaretoken]");
  if (own) own.value = known.value;
  else if (known) form.append(known.cloneNode());
}

let typingTimer;
function expireTyping() {
  clearTimeout(typingTimer);
  const word = document.querySelector("#presence [data-until]");
  if (!word) return;
  typingTimer = setTimeout(() => {
    word.textContent = word.dataset.after;
    word.className = "faint";
  }, Math.max(0, Number(word.dataset.until) * 1000 - Date.now()));
}

// --- forms

async function post(form, submitter) {
  const data = new FormData(form, submitter);
  const text = document.getElementById("text");
  const field = form.dataset.withText;
  if (field) data.set(field, text.value);
  const isWriting = form.id === "composer";
  if ((isWriting || field === "text") && !text.value.trim()) {
    text.focus();
    return;
  }
  if (isWriting || field) text.value = "";
  unquote();
  await fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  if (socket?.readyState !== WebSocket.OPEN) await refresh();
  if (isWriting || field) toEnd();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-quiet]")) return;
  event.preventDefault();
  event.submitter?.closest("details.faces")?.removeAttribute("open");
  post(event.target, event.submitter);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-submit]")) return;
  const form = event.target.form;
  event.target.blur();
  post(form).then(() => {
    if (event.target.type === "file" || "resets" in event.target.dataset) form.reset();
  });
});

// --- quoting

function unquote() {
  for (const name of ["quoted", "edited"]) document.querySelector(`#composer [name=${name}]`).value = "";
  document.getElementById("quoting").hidden = true;
}

/** Let the composer answer a message or write it anew. */
function compose(field, wamid, shownText, text) {
  unquote();
  document.querySelector(`#composer [name=${field}]`).value = wamid;
  const shown = document.getElementById("quoting");
  shown.hidden = false;
  shown.firstElementChild.textContent = shownText;
  const composer = document.getElementById("text");
  if (text) composer.value = text;
  composer.focus();
}

document.addEventListener("click", (event) => {
  const quote = event.target.closest("[data-quote]");
  if (quote) compose("quoted", quote.dataset.quote, quote.dataset.quoteText);
  const edit = event.target.closest("[data-edit]");
  if (edit) compose("edited", edit.dataset.edit, edit.dataset.editText, edit.dataset.editText);
  if (event.target.closest("[data-unquote]")) unquote();
  if (event.target.closest("[data-theme-switch]")) switchTheme();
});

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

// --- live

let socket;
let failures = 0;
let polling;

async function refresh() {
  const answer = await fetch(document.body.dataset.updates).catch(() => null);
  if (answer?.ok) draw((await answer.json()).fragments);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}${document.body.dataset.socket}`);
  socket.addEventListener("open", () => {
    failures = 0;
    clearInterval(polling);
    polling = undefined;
    document.getElementById("offline").hidden = true;
  });
  socket.addEventListener("message", (event) => draw(JSON.parse(event.data).fragments));
  socket.addEventListener("close", () => {
    failures += 1;
    if (failures > 2) document.getElementById("offline").hidden = false;
    polling ??= setInterval(refresh, POLL_MS);
    setTimeout(connect, RETRY_MS[Math.min(failures - 1, RETRY_MS.length - 1)]);
  });
}

toEnd();
document.querySelector(".people [aria-current]").scrollIntoView({ block: "nearest" });
expireTyping();
connect();
