"""Any natural way of asking for a person is heard, and praise, plans and counts of people are not."""

import pytest

from apps.processor.person import asks_for_person

ASKING = """
Quero falar com uma pessoa
quero falar com um atendente
queria falar com alguém
quero falar com um humano
QUERO FALAR COM UMA PESSOA DE VERDADE!!!
Posso falar com alguém da equipe?
tem como falar com um atendente?
Dá pra falar com uma pessoa?
como faço pra falar com alguém aí
preciso conversar com um ser humano
gostaria de conversar com uma atendente, por favor
atendente
Atendente por favor
humano
atendimento humano
quero atendimento humano
falar com atendente
falar c/ atendente
quero falar c alguem
me passa pra um atendente
me transfere pra uma pessoa
pode me transferir para um humano?
me transfere por favor
transfere pro comercial
chama alguém aí por favor
chama um atendente
chame a atendente
tem alguém aí?
tem algum atendente disponível?
tem alguém de verdade aí?
alguém pode me atender?
alguem me atende
não quero falar com robô
nao quero falar com maquina
cansei de falar com robô
chega de robô, quero gente
odeio falar com bot
prefiro falar com gente
prefiro uma pessoa real
quero ser atendido por uma pessoa
quero ser atendida por gente de verdade
preciso de um atendente
preciso de ajuda de uma pessoa
pode me ligar?
me liga por favor
alguém pode me ligar
quero uma ligação
com quem eu posso falar sobre o meu pedido?
cadê o atendente?
quero falar com o gerente
quero falar com o responsável
quero falar com a dona da loja
quero falar com a arquiteta
quero falar com a Ana
não consegui falar com ninguém
ninguém me responde
qero falar com um atendnte
quero falr com uma pesoa
kero fala com um umano
quero falar com antendente
atendnete
n quero robo
vc nao ta me entendendo, quero um humano
Oi, bom dia! Queria falar com uma pessoa, por favor
passa pro atendente
bota uma pessoa pra falar comigo
manda um humano ai
me encaminha pra um consultor
quero conversar com gente
não tem ninguém pra me atender?
I want to talk to a human
quiero hablar con una persona
gostaria de um contato humano
vou precisar falar com um atendente
preciso falar com alguém urgente
deixa eu falar com alguém
pode chamar alguém da equipe?
essa resposta não ajudou, me passa para uma pessoa
tem gente aí ou só robô? quero falar com alguém
sem robô por favor
alguém humano aí?
pessoa de verdade por favor
quero falar com vendedor
tem uma pessoa aí que possa me ajudar?
gostaria de ser atendido por um humano
aff, me deixa falar com um atendente logo
isso não tá resolvendo, quero alguém de verdade
por favor alguém da equipe pode falar comigo?
quero tratar disso com uma pessoa
dá pra alguém me atender?
tem atendente online?
não quero conversar com inteligência artificial
me coloca em contato com a equipe
quero contato com o setor comercial
preciso de suporte humano
consigo falar com alguém por telefone?
vocês podem me ligar?
eu quero é gente
prefiro tratar com gente
me poe pra falar com alguem
passa essa conversa pra um humano
tem como me passar pro atendente
quero q uma pessoa me atenda
gostaria que alguém entrasse em contato comigo
alguém pode entrar em contato comigo?
pode pedir pra alguém me ligar?
quero um ser humano
onde está o atendente
tô esperando um atendente
estou aguardando atendimento humano
solicito atendimento humano
gostaria de falar com um representante
não entendi nada, chama um colega seu
falar com humano
pessoa
Bom dia, atendente por favor
1 atendente
fala com gente de vdd
quero fala com auguem
queru falar com atendente
tem alguem p me atender
ola, gostaria d falar cm alguem
quero falar com alguém que entenda de reforma
posso falar com um arquiteto de vocês?
quero a ajuda de um humano
quero atendimento com uma pessoa
não é possível, só tem robô aqui?? quero falar com gente!
você não resolve, quero outra pessoa
pode me passar pra outra pessoa?
desisto, chama um humano
atendimento com atendente
quero falar com a pessoa responsável
me passa o contato de alguém
meu caso é complicado, melhor falar com uma pessoa
Quero um atendente humano agora
gostaria de atendimento personalizado com uma pessoa
vc pode chamar uma pessoa?
eu preciso que uma pessoa veja isso
quero reclamar com o gerente
Preciso de uma pessoa para me ajudar
quero falar com alguem de voces
to precisando falar com alguém
preciso falar com uma pessoa real, pode ser?
me passa pra alguém por favor
tem como alguém falar comigo
quero conversar com a equipe de vocês
gostaria de falar com a equipe
quero ser atendido por um humano
Atendimento com humano
quero um humano de verdade
eu quero falar com gente como a gente
queria tirar uma dúvida com um atendente
fala com a atendente
quero falar diretamente com um vendedor
falar com especialista
chama o humano
chama o supervisor
não quero mais falar com esse robô
para de me mandar mensagem automática, quero uma pessoa
vc é robô? quero falar com uma pessoa
posso ser atendida por alguém?
nao quero bot
Gostaria de atendimento humano, por gentileza.
pessoa por favor
me transfira para um atendente humano
transferir para atendente
encaminhe para um humano
preciso de um humano urgente
será que alguém poderia me atender?
queria ser atendida por uma pessoa mesmo
dá pra chamar alguém?
chama alguem
por favor, uma pessoa
quero atendente
qero atendente
quero falar com atentende
atendimento umano
falar cm atendente
qro fala c uma pessoa
tem algum humano ai?
cadê alguém pra me atender
alô, tem gente aí?
quero falar pessoalmente com alguém
não consigo resolver com você, preciso de uma pessoa
vocês têm atendente?
atende aí alguém
alguém?
Me ajuda, quero alguém de carne e osso
quero resolver com uma pessoa
quero falar com quem entende
posso falar com seu gerente?
só quero falar com uma pessoa
prefiro atendimento humano
por favor me conecte com um agente
quero falar com um agente humano
falar com consultor
ligar para mim por favor
poderia me ligar?
Preciso conversar com alguém sobre meu projeto
Oi! Consegue me colocar em contato com um atendente?
""".strip().splitlines()

NOT_ASKING = """
a pessoa que me atendeu foi ótima
é para uma pessoa só
é um quarto para duas pessoas
quantas pessoas cabem na sala?
o atendente de ontem foi muito educado
adorei falar com a atendente
gostei de conversar com a Ana, muito simpática
consegui falar com a atendente, obrigada
falei com uma pessoa ontem e ela me explicou
vou falar com minha esposa e te aviso
preciso conversar com meu marido antes
não quero falar com atendente, só saber o preço
não preciso de atendente
nao precisa chamar ninguem
você é um robô?
vc é uma pessoa ou um robô?
você é humano?
estou falando com uma pessoa?
quanto custa o projeto por pessoa?
alguém já fez esse projeto em casa pequena?
oi pessoal, tudo bem?
minha casa tem gente demais
a gente quer pintar a sala
quero pintar meu quarto
me fala o preço
me passa o valor
me passa as medidas
pode me mandar o endereço?
chama atenção demais essa cor?
quero falar sobre o meu projeto
qual o horário de atendimento?
como funciona o atendimento?
é um projeto para o quarto do meu filho
meu vizinho falou que vocês são ótimos
uma pessoa me indicou vocês
sou arquiteta e queria saber o preço
vocês têm arquiteto na equipe?
o arquiteto da minha mãe indicou vocês
quero um projeto com cara de gente grande
quero uma sala pra receber muita gente
preciso de uma parede mais humana e aconchegante
erro humano acontece
quero a decoração pronta
vi o trabalho da equipe e gostei
parabéns pela equipe
obrigada pelo atendimento
ótimo atendimento!
quero ligar a tv na parede
liga o ar condicionado embaixo da janela
quero saber se precisa de pedreiro
vou conversar com a família e volto
posso falar com você amanhã?
queria falar com vocês sobre a fachada
somos quatro pessoas em casa
uma pessoa com mobilidade reduzida mora comigo
tem alguém que já usou azul na parede?
quero que a sala fique com ar de gente elegante
quero tirar essa parede
oi
tudo bem?
quanto custa o Decor Interiores?
valeu, até mais
quero comprar um robô aspirador pra sala, onde fica melhor?
transfiro o valor por pix?
posso pagar por transferência?
quero deixar a sala mais humana
a atendente de vocês me passou o valor de 350
a pessoa que me atendeu foi ótima
quero um quarto para uma pessoa
é uma mesa para seis pessoas, cabe?
quero que meu quarto tenha mais personalidade
qual o nome da atendente?
contato da loja por favor
vocês atendem pessoa física?
atende pessoa jurídica?
minha esposa é uma pessoa exigente
qualquer pessoa pode contratar?
o gerente do condomínio pediu o projeto da fachada
não sou um robô kkk
moro com mais uma pessoa
posso passar pra uma pessoa da minha família o guia?
para quem é indicado?
uma pessoa só consegue pintar?
preciso contratar um profissional pra pintar?
preciso de profissional para executar?
tem equipe de pintura?
vocês mandam equipe na minha casa?
vocês vão na casa da pessoa?
é pra minha mãe, ela é uma pessoa idosa
ja falei com um atendente e ele me passou o preço
o robô de vocês é muito bom
consigo fazer sozinho ou precisa de alguém?
preciso de alguém pra pintar depois?
e se eu não gostar?
o suporte da tv fica onde?
quero um suporte de tv na parede
quem faz o projeto?
tem algum profissional que executa?
o time já viu minhas fotos?
quero falar da pintura
o vendedor da loja de tintas indicou essa cor
quero um ambiente pro atendimento dos meus clientes
é um consultório, preciso de sala de atendimento
preciso de uma recepção pra atendente ficar
somos uma equipe de 5 pessoas no escritório
decorar sala de gerente quanto custa?
quero decorar o quarto da moça que trabalha aqui
gente, que lindo!
alguém mais já reclamou?
posso contratar sem falar com ninguém?
não preciso falar com ninguém?
o projeto é pra uma pessoa que mora sozinha
pessoa idosa precisa de banheiro adaptado?
qual a diferença entre interiores e pintura?
vocês têm loja física?
a pessoa precisa estar em casa?
posso mandar as fotos depois?
falaram que era 350
minha amiga falou com vocês e gostou
quando alguém compra, quanto tempo demora?
precisa de alguém em casa pra receber?
o atendimento de vocês é ótimo
que atendimento maravilhoso
quero uma sala humanizada
o gerente da obra é meu irmão
tenho um robô aspirador
sou atendente de loja e quero decorar meu quarto
trabalho como atendente
quero um home office pra atender clientes
minha equipe precisa de um espaço melhor
quero falar do orçamento
quero falar que adorei
vou falar com meu marido
falo com você amanhã
falei com o Bruno ontem
quem é o dono da empresa?
a dona da casa sou eu
quanto custa pra duas pessoas?
o quarto é da moça que mora comigo
preciso pintar a casa do meu chefe
meu chefe pediu um projeto pra recepção
vocês fazem consultório de profissional de saúde?
profissional autônomo pode contratar?
preciso de um suporte pra samambaia
transferência bancária serve?
chama muita atenção essa cor
passa segurança
me passa o pix
manda o guia
não preciso de atendente não, você resolve
ninguém precisa estar em casa?
ninguém gostou da cor
tem alguém na família alérgico a tinta
alguém sabe se tem desconto?
""".strip().splitlines()


@pytest.mark.parametrize("text", ASKING)
def test_asking_for_a_person_is_heard(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", NOT_ASKING)
def test_speaking_of_people_is_not_asking_for_one(text: str) -> None:
    assert not asks_for_person(text)
