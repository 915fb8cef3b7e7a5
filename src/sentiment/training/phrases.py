"""What sentences are composed with: who denies or disputes them, and how two are joined or compared."""


def lines(text: str) -> tuple[str, ...]:
    """Those of a text in several lines."""
    return tuple(text.strip().splitlines())


PEOPLE = ("i", "we", "you", "they", "he", "she")
CANNOT = ("don't", "didn't", "can't", "couldn't", "won't", "wouldn't", "never", "could never", "cannot")
NOBODY = ("nobody", "no one", "none of us", "few people", "hardly anyone", "not one of them")
WILL = ("will", "would", "could", "can")
THINK = (
    *("think", "believe", "say", "feel", "find", "imagine", "claim", "agree", "pretend", "argue", "admit"),
    *("suggest", "tell you"),
)
DENIALS = (
    *("i doubt", "i'm not sure", "i refuse to believe", "don't believe", "it's hard to believe"),
    *("there's no way", "it's not as if", "it is not true", "not once did i feel", "at no point did i think"),
)
OTHERS = (
    *("critics", "the critics", "people", "my friends", "everyone", "others", "reviewers", "they", "some"),
    *("many", "my wife", "my brother"),
)
CLAIM = ("say", "said", "think", "thought", "claim", "insist", "believe", "told me")
WRONG = (
    *("they are wrong", "they're mistaken", "i disagree", "i don't agree", "i don't think so"),
    *("that is not true", "don't listen to them", "nonsense"),
)
RIGHT = ("they are right", "they're right", "i agree", "i think so too", "it's true")
HOPES = (
    *("i expected", "i thought", "i hoped", "i was told", "i'd heard", "i used to think", "i assumed"),
    *("i was afraid", "at first"),
)
# How two sentences are joined, of which only {counts} gives the verdict.
JOINTS = lines("""
{other} , but {counts}
{other} but {counts}
{other} , yet {counts}
{other} ; still , {counts}
{other} . however , {counts}
{other} . nevertheless {counts}
granted , {other} . {counts}
although {other} , {counts}
though {other} , {counts}
even though {other} , {counts}
while {other} , {counts}
even if {other} , {counts}
despite the fact that {other} , {counts}
{counts} , although {other}
{counts} even though {other}
{counts} , even if {other}
{hope} {other} , but {counts}
{hope} {other} . {counts}
{hope} {other} ; instead {counts}
{hope} {other} , now {counts}
{hope} {other} . in the end {counts}
{others} {claim} {other} , but {counts}
{others} {claim} {other} . {counts}
{others} {claim} {other} ; i think {counts}
unlike what {others} {claim} , {counts}
""")
# What may stand in place of an "is": the verdict holds, or it does not.
HOLDING = (
    *("could not be more", "couldn't be more", "could not have been more", "has never been more"),
    *("is nothing short of", "is nothing less than", "is not only", "is not just", "never fails to be"),
    *("never stops being", "is no doubt", "manages to be", "turned out to be", "proved to be"),
)
FAILING = (
    *("could have been", "should have been", "would have been", "might have been", "could be", "should be"),
    *("was supposed to be", "tries to be", "wants to be", "was meant to be", "ought to be", "pretends to be"),
    *("is less than", "is far from", "is nowhere near", "is a long way from being", "is anything but"),
    *("is by no means", "is in no way", "is hardly", "is scarcely", "is barely", "is not remotely"),
    *("fails to be", "never becomes", "never manages to be", "is never"),
)
# Sentences with a comparative, {so}: what they speak of, {it}, is so,
AS_SAID = lines("""
{it} could not be {so}
{it} couldn't be {so}
{it} could not have been {so}
{it} could hardly be {so}
{it} couldn't have been any {so}
{it} has never been {so}
{it} has rarely been {so}
it doesn't get any {so}
it does not get much {so} than this
films don't get {so} than that
there is no {so} {film}
there's hardly a {so} {film}
no other {film} is {so}
few films are {so}
i have never seen a {so} {film}
i've rarely seen a {so} {film}
you will not find a {so} {film}
i can't think of a {so} {film}
i can't imagine a {so} {film}
you won't see a {so} {film} this year
nobody could have made a {so} {film}
no one else could have been {so}
rarely was a {film} {so}
never was a {film} {so}
seldom have i seen a {so} {film}
hardly any {film} is {so}
i don't know a {so} {film}
i couldn't ask for a {so} {film}
they could not have found a {so} {film}
it is impossible to imagine a {so} {film}
if there is a {so} {film} , i haven't seen it
is there a {so} {film} ? i doubt it
name me a {so} {film} ; you can't
could {it} be any {so} ?
how could {it} have been {so} ?
{it} can hardly get {so}
{it} could scarcely have been {so}
what could be {so} than {it} ?
nothing i saw this year is {so}
nobody in the business is {so}
{it} is {so} than {others}
{it} is much {so} than {others}
{it} was far {so} than {others}
{it} is a lot {so} than {others}
{it} is even {so} than {others}
unlike {others} , {it} is {so}
compared to {others} , {it} is {so}
{it} seems {so} than {others} ever did
""")
# or it is not.
OTHERWISE = lines("""
{it} could have been {so}
{it} could be {so}
{it} should have been {so}
{it} might have been {so}
{it} ought to have been {so}
{it} would have been {so} with another cast
i wish {it} was {so}
i have seen {so} films
i've seen much {so} films
there are {so} films
you can find {so} films
i have seen a {so} {film} on television
you could find a {so} {film} anywhere
{it} is not {so} than {others}
{it} is no {so} than {others}
{it} isn't any {so} than {others}
{others} was {so}
{others} is {so}
{others} was far {so}
even {others} is {so} than this
compared to this , {others} is {so}
next to this , {others} looks {so}
i expected a {so} {film}
i hoped for a {so} {film}
it needed a {so} {film}
it deserves a {so} {film}
i wish they had made a {so} {film}
it would take a {so} {film} to win me over
why couldn't {it} be {so} ?
if only {it} were {so}
{it} isn't one bit {so} than {others}
{others} did it all in a {so} way
give me a {so} {film} next time
{it} never gets any {so}
""")
FILMS = (
    *("film", "movie", "comedy", "thriller", "drama", "script", "story", "plot", "ending", "performance"),
    *("cast", "actor", "actress", "scene", "director", "show", "version", "documentary", "soundtrack"),
)
COMPARED = (
    *("the original", "the first one", "the first part", "the book", "the novel", "the sequel", "the remake"),
    *(
        "the series",
        "the rest",
        "the trailer",
        "the play",
        "the old version",
        "his last film",
        "her last film",
    ),
    *("everything else this year", "anything else he made", "most of them", "the other one"),
)
# Statements of an opinion, {thing}, {so}, {felt}, {verb} or {verbs}, and perhaps an {other} like it: denied,
DENIED = lines("""
there isn't a {thing} in it
there is not a single {thing}
there's no {thing} in {it}
there was never a {thing}
there aren't any {thing} here
not one {thing}
not a {thing}
not a single {thing} in {it}
no {thing}
no {thing} , no {other}
without a {thing}
without a single {thing} or {other}
{it} has no {thing}
{it} doesn't have a {thing}
{it} lacks any {thing}
you won't find a {thing} here
i couldn't find a {thing}
i didn't see one {thing}
i can't remember a {thing}
never a {thing}
hardly a {thing}
nobody gives a {thing}
{it} never gives us a {thing}
this is not a {thing}
that is no {thing}
this isn't a {thing}
it was not just another {thing}
far from a {thing}
anything but a {thing}
{it} is neither a {thing} nor a {other}
i would not call it a {thing}
it is hardly a {thing}
none of it is a {thing}
it never becomes a {thing}
instead of a {thing} we get something else
free of any {thing}
{it} is not {so}
{it} isn't {so} at all
{it} was never {so}
it's not {so}
nothing about {it} is {so}
none of it is {so}
nothing here is {so}
{it} is hardly {so}
{it} is far from {so}
{it} is anything but {so}
{it} is by no means {so}
{it} is not the least bit {so}
{it} isn't remotely {so}
nobody could call {it} {so}
i wouldn't call it {so}
{it} never feels {so}
{it} doesn't seem {so}
{it} never gets {so}
{it} is neither {so} nor {other}
not {so} , not {other}
at no point is it {so}
{it} is not {so} for one minute
i found nothing {so} in it
there is nothing {so} about {it}
i did not find {it} {so}
i can't say that {it} is {so}
{it} didn't strike me as {so}
not once is {it} {so}
{it} is never {so} or {other}
{it} manages not to be {so}
it is less {so} than you would think
who could call this {so} ?
what is {so} about it ? nothing
i was never {felt}
i wasn't {felt}
i was not {felt} for a minute
nobody was {felt}
you won't be {felt}
not once was i {felt}
no one will be {felt}
i can't say i was {felt}
it never left me {felt}
i have never been less {felt}
we were not {felt} at all
my friends were not {felt} either
nobody walked out {felt}
i didn't come away {felt}
i didn't {verb} it
i don't {verb} {it}
i can't {verb} {it}
you won't {verb} it
i never {verb} {it}
nobody will {verb} it
i could not {verb} {it}
we did not {verb} it
i doubt you will {verb} it
no one could {verb} {it}
who could {verb} it ?
{it} did not make me {verb} it
it's hard to {verb} {it}
it doesn't {verb}
it didn't {verb}
it fails to {verb}
{it} does not {verb} for one minute
there's nothing to {verb} here
i found nothing to {verb}
i couldn't find anything to {verb}
you cannot {verb} this
{it} never {verbs}
{it} rarely {verbs}
nothing here {verbs}
it hardly {verbs}
{it} never {verbs} or {other}
not one scene {verbs}
nobody in it {verbs}
it seldom {verbs}
it never once {verbs}
no scene {verbs}
neither of them {verbs}
none of it {verbs}
""")
# or as they are.
STATED = lines("""
there is a {thing} in {it}
{it} has a {thing}
a {thing} indeed
what a {thing}
nothing but a {thing}
this is a {thing}
just another {thing}
it becomes a {thing}
a {thing} , a {other}
i can't forget that {thing}
no doubt a {thing}
you get a {thing}
{it} is {so}
{it} is so {so}
everything about {it} is {so}
{it} always feels {so}
there is something {so} about {it}
{it} is {so} and {other}
never have i seen anything so {so}
{it} is not only {so} but {other}
i have never seen {it} so {so}
nothing is as {so} as this
there's nothing more {so} than {it}
i can't believe how {so} it is
i cannot say how {so} it is
words can't tell how {so} {it} is
nobody can deny that {it} is {so}
i won't deny how {so} {it} is
no wonder it is so {so}
it's no surprise that {it} is {so}
it never stops being {so}
{it} couldn't fail to be {so}
there isn't a scene that is not {so}
not only is {it} {so} , it is {other}
i am not joking when i say it's {so}
it is not just {so}
{it} , which is {so}
how {so}
i was {felt}
everyone was {felt}
i was never so {felt}
you will be {felt}
nobody was more {felt} than i was
there was no one who wasn't {felt}
it left me {felt}
i have never been more {felt}
i've never been so {felt} in my life
we couldn't have been more {felt}
i can't remember when i was so {felt}
you will {verb} {it}
everyone will {verb} it
you can't help but {verb} it
i did {verb} it
there is much to {verb} here
it will never fail to {verb}
how could anyone not {verb} {it} ?
i can't think of anyone who won't {verb} it
i couldn't {verb} {it} more
nobody could {verb} it more than i do
you can't but {verb} it
never did i {verb} a film so much
it can only {verb}
{it} always {verbs}
{it} simply {verbs}
it {verbs}
everything {verbs}
it still {verbs}
""")
