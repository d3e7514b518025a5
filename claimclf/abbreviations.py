"""Abbreviations of newsroom English, and whether the full stop after one also ends the sentence.

A full stop after an abbreviation says nothing by itself; the abbreviation and the word behind it decide.
"""

import re

TITLES = frozenset(
    """
    Adm Ald Amb Asst Atty Bp Brig Capt Cdr Cmdr Col Cpl Dep Det Dir Dr Drs Fr Gen Gens Gov Govs Hon Insp Lt
    Ltc Maj Messrs Mlle Mme Mr Mrs Ms Mx Pfc Pres Prof Profs Pvt Rep Reps Rev Sec Sen Sens Sgt Spc Supt
    """.split()
)
"""A name follows these, whatever it looks like."""

CONNECTIVES = frozenset("aka ca cf e.g esp i.e incl viz vs".split())
"""These stand inside a sentence only."""

NUMBERED = frozenset(
    """
    app approx art arts ch chap doc est fig figs max min no nos op para pp ref reg res sec ver vol vols
    """.split()
)
"""These belong to a number that follows and to nothing else: *No. 5*, but *The answer is no. Police left.*"""

CAPITALISED = frozenset(
    """
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mont Neb Nev Okla Ore Pa
    Penn Tenn Tex Va Vt Wash Wis Wm Wyo Sask Que Ont
    Abt Acad Admin Assn Assoc Ave Bldg Blvd Bros Cie Co Comm Corp Corps Cos Ct Dept Dist Div Ft Hosp Hwy Inc
    Inst Int'l Intl Jr Ltd Mfg Mt Mts Nat'l Natl Pkwy Pl Plc Pt Pty Rd Rt Ry Sq Sr St Sta Ste Tpk Univ
    Benj Chas Ed Geo Jas Jos Thos
    """.split()
)
"""Months, states, companies, streets, generations, first names: by these the next word decides."""

UNCAPITALISED = frozenset(
    """
    al assn assoc avg cont corp dept depts dist div ed edn eds esq ext ft gov't govt inc int'l intl jr lb lbs
    ltd mfg mt nat'l natl oz plc sq sr st tel univ
    """.split()
)
"""By these as well. Others of the capitalised ones are words when in lower case: *ill*, *mass*, *wash*."""

OPENERS = frozenset(
    """
    a about according after all also although among an and another any are as asked at because before
    both but by can did do does during each earlier even every few for from had has have he hence her here
    hers his how however i if in indeed instead is it its just last later many maybe meanwhile moreover
    more most much my neither nevertheless nonetheless nor not nothing now officials on once one only or
    otherwise our perhaps rather she should since so some soon speaking still such than that the their then
    there therefore these they this those though through thus to today together until was we were what when
    whenever where whether which while who whose why with within without would yesterday yet you your
    """.split()
)
"""Words that begin a sentence far more often than they go on with a name."""

_CLOCK = frozenset("a.m p.m".split())
_TIME_OF_DAY = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|(?:[ACEMP][DS]?T|[CEMW]ES?T|[BIJKW]ST|GMT|UTC)\b|\w+(?: \w+)? [Tt]ime\b"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\."
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]+")
_FIRST_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def opens_sentence(following: str) -> bool:
    """Tell whether text begins with a capitalised word that usually opens a sentence.

    >>> opens_sentence("The talks go on."), opens_sentence("Senate"), opens_sentence("IT sector")
    (True, False, False)
    """
    match = _FIRST_WORD.match(following)
    return match is not None and match.group().istitle() and match.group().lower() in OPENERS


def ends_sentence(word: str, following: str) -> bool | None:
    """Tell whether the full stop after a word ends the sentence; None if the word is no abbreviation.

    `word` comes without that full stop; `following` is the text behind it, white space skipped. A single
    capital letter counts as an abbreviation, of a name.

    >>> ends_sentence("U.S", "The talks"), ends_sentence("U.S", "Senate"), ends_sentence("peace", "The")
    (True, False, None)
    """
    known = word.lower() if word.islower() else word.capitalize()
    lower = word.lower()
    if known in TITLES or lower in CONNECTIVES:
        return False
    if lower in NUMBERED:
        return not following[:1].isdigit()
    if lower in _CLOCK:
        return opens_sentence(following) or _TIME_OF_DAY.match(following) is None
    if lower == "etc":
        return True
    initial = len(word) == 1 and word.isupper()
    if not (initial or known in CAPITALISED or known in UNCAPITALISED or _DOTTED.fullmatch(word)):
        return None
    quoted = following[:1] in ('"', "'") and following[1:2].isupper()
    return opens_sentence(following) or (quoted and not initial)
