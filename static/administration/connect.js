// The connecting pages: copying a value, saying that something is under way, and keeping what was pasted into a
// secret field when the page comes back with something to correct (the server never sends a secret out again).

const select = (field) => {
  field.focus();
  field.select();
  return document.execCommand("copy");
};

const copy = async (button) => {
  const field = document.getElementById(button.dataset.copies);
  const words = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without https there is no clipboard; the old way still works inside a click.
    if (!select(field)) return;
  }
  button.dataset.usual ??= words.textContent;
  words.textContent = button.dataset.done;
  setTimeout(() => (words.textContent = button.dataset.usual), 2000);
};

const busy = (form) => {
  const button = form.querySelector("button[data-busy]");
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy;
};

const submitKeepingSecrets = async (form) => {
  const secrets = [...form.querySelectorAll("input[type=password]")].map((one) => [one.name, one.value]);
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
  } catch {
    form.submit();
    return;
  }
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("step");
  if (!fresh) {
    form.submit();
    return;
  }
  document.getElementById("step").replaceWith(document.importNode(fresh, true));
  for (const [name, value] of secrets) {
    const field = document.querySelector(`#step input[type=password][name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
  document.querySelector("#step .has-error input, #step .fault")?.scrollIntoView({ block: "center" });
  document.querySelector("#step .has-error input")?.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (button) copy(button);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("#step")) return;
  if (form.querySelector("[aria-busy]")) {
    event.preventDefault();
    return;
  }
  busy(form);
  if (!form.matches("[data-keeps-secrets]")) return;
  event.preventDefault();
  submitKeepingSecrets(form);
});
