### Vertrekkers: de tabel, het verslag, wat nog openstaat.

## Hulp

help-leavers = Toon iedereen die vertrekt, in elk systeem
help-leavers-long =
    Toont alle vertrekkers van de klant en al zijn systemen in één tabel, uit wat de offboardings
    lazen, deden en opnieuw lazen: ✓ gesloten, ✓ʰ met de hand gesloten door de eigenaar, – bestaat er
    niet, ✗ open, ✗ʰ nog met de hand te sluiten, ! geen antwoord, ? niet gevraagd. Eronder staat wat
    openstaat en wie aan zet is.

      kompel --tenant acme leavers
      kompel --tenant acme leavers add --name "Jan Janssen" --mail jan@acme.example --by petra
help-leavers--open = Alleen vertrekkers van wie nog iets openstaat
help-leavers-add = Start de offboarding van een persoon, één keer
help-leavers-add-long =
    Start het draaiboek offboarding voor een persoon. Loopt hun offboarding al of is ze klaar, dan
    zegt Kompel dat en start het niets; met --again start het er nog een. De exitcode is die van de
    uitvoering, zoals bij `kompel run`. Alleen een naam volstaat niet: twee mensen kunnen zo heten.
help-leavers-add--name = De naam zoals mensen hem schrijven
help-leavers-add--mail = Een mailadres; mag vaker
help-leavers-add--login = Een login; mag vaker
help-leavers-add--last_day = De laatste werkdag; er wordt pas daarna gesloten
help-leavers-add--by = Wie het vraagt, met de korte naam uit kompel.toml; hun eigen ja telt nooit
help-leavers-add--reason = Waarom, voor het verslag
help-leavers-add--again = Start er nog een, ook al is er al een

## De tabel

leavers-reading = Uitvoeringen lezen
leavers-none = Er zijn geen vertrekkers.
leavers-head-name = Vertrekker
leavers-head-state = Stand
leavers-head-run = Uitvoering
leavers-legend = ✓ gesloten  ✓ʰ met de hand gesloten  – bestaat er niet  ✗ open  ✗ʰ nog met de hand te sluiten  ! geen antwoord  ? niet gevraagd
state-taken-back = teruggedraaid
leavers-started = Offboarding gestart als { $run }: { $state }.
leavers-started-before = Er is al een offboarding van deze persoon, { $run }: { $state }. Er is niets gestart; --again start er nog een.
leavers-open-account = { $system }: het account { $login } is nog bruikbaar
leavers-open-kept = { $system }: iets moest blijven zoals het was
leavers-open-unknown = { $system }: niemand weet of het gebeurd is
leavers-open-by-hand = { $system }: nog met de hand te sluiten
leavers-open-no-answer = { $system }: gaf geen antwoord
leavers-open-doubtful = { $system }: accounts die van hen of van iemand anders kunnen zijn
leavers-open-approval = Er wacht een goedkeuring
leavers-open-run = De uitvoering kwam niet tot haar einde
leavers-turn = Aan zet: { $people }
leavers-turn-time = De uitvoering gaat vanzelf verder om { $at } UTC
leavers-turn-operator = Aan zet: wie Kompel bedient

## Mislukt

fail-no-last-day = Draaiboek { $playbook } kent geen laatste dag: het sluit zodra het is goedgekeurd.
advice-no-last-day = Laat --last-day weg en start op de dag zelf, of neem het nieuwere draaiboek: `kompel playbook new offboarding`.

## Het verslag: kader

leaver-title = Verslag van de offboarding: { $name }
leaver-kicker = Verslag van de offboarding
leaver-page = blad
leaver-page-of = van
leaver-utc = Alle tijden zijn in UTC.
leaver-all-closed = Elk account is gesloten, en gesloten teruggelezen
leaver-under-way = Bezig: nog niet klaar
leaver-taken-back = Teruggedraaid: de accounts zijn teruggegeven
leaver-not-closed = Niet gesloten: er staat nog iets open
leaver-summary = { $closed } van { $accounts ->
    [one] { $accounts } account
   *[other] { $accounts } accounts
} gesloten, stand van { $at } UTC.
leaver-figure-accounts = accounts
leaver-figure-proven = wijzigingen teruggelezen
leaver-figure-by-hand = met de hand
leaver-figure-open = open

## Het verslag: delen

leaver-section-requested = Gevraagd
leaver-section-approved = Goedgekeurd
leaver-approved-none = Er is geen goedkeuring gevraagd.
leaver-section-glance = Elk account, voor en na
leaver-glance-none = Geen enkel bevraagd systeem kent deze persoon.
leaver-section-done = Gedaan, account per account
leaver-done-none = Er viel niets te wijzigen.
leaver-not-done-yet = Er is niets aan gedaan.
leaver-section-by-hand = Met de hand gesloten
leaver-section-absent = Bevraagd, en daar is geen account:
leaver-section-silent = Gaven de laatste keer geen antwoord:
leaver-section-other = Andere wijzigingen van deze uitvoering
leaver-section-open = Staat nog open
leaver-open-none = Niets.
leaver-section-evidence = Bewijs
leaver-trail-none = Het auditspoor heeft geen regel van deze uitvoering.

## Het verslag: kolommen

leaver-column-system = Systeem
leaver-column-login = Account
leaver-column-before = Voor
leaver-column-after = Na
leaver-column-standing = Stand
leaver-column-step = Stap
leaver-column-when = Wanneer
leaver-column-what = Wat
leaver-column-came-of-it = Teruggelezen
leaver-column-owner = Eigenaar
leaver-column-who = Wie
leaver-column-proof = Antwoord en bewijs
leaver-column-place = Regel

## Het verslag: wat gevraagd en goedgekeurd is

leaver-asked-by = Gevraagd door
leaver-asked-at = Gevraagd op
leaver-asked-through = Via
leaver-last-day = Laatste dag
leaver-reason = Reden
leaver-run = Uitvoering
leaver-playbook = Draaiboek
leaver-ended = Geëindigd
leaver-not-ended = nog niet
leaver-state = Toestand
leaver-approval-id = Goedkeuring
leaver-approval-asked = Gevraagd op
leaver-approval-people = Gevraagd aan
leaver-approval-plan = Plan
leaver-approval-steps = { $count ->
    [one] { $count } stap die iets wijzigt
   *[other] { $count } stappen die iets wijzigen
}
leaver-approval-why = Waarom opnieuw
leaver-approval-changed = het plan was veranderd
leaver-approval-came-of-it = Uitkomst
leaver-approval-open = staat nog open
leaver-approval-no-answer = niemand antwoordde op tijd
leaver-approval-withdrawn = niet meer nodig, of niemand kon gevraagd worden
leaver-plan-hash = SHA-256 van het plan
leaver-yes = { $who } zei ja, { $at }, via { $through }.
leaver-no = { $who } zei nee, { $at }, via { $through }.

## Het verslag: accounts

leaver-by-hand = niet gekoppeld
leaver-not-read-again = niet opnieuw gelezen
leaver-account-enabled = bruikbaar
leaver-account-disabled = gesloten
leaver-account-gone = weg
leaver-account-unknown = zegt het systeem niet
leaver-sessions = { $count ->
    [one] { $count } lopende sessie
   *[other] { $count } lopende sessies
}
leaver-nothing = niets
leaver-true = ja
leaver-false = nee
leaver-more = + nog { $count }, in de JSON
leaver-under = onder goedkeuring { $id }
leaver-meant = bedoeld: { $change }
leaver-attempts = { $count } keer verstuurd
leaver-deed-verified = gedaan, zoals beloofd
leaver-deed-already = was al zo
leaver-deed-taken-back = teruggedraaid
leaver-deed-under-way = bezig
leaver-deed-unknown = niemand weet het
leaver-deed-not-verified = niet zoals beloofd
leaver-deed-failed = niet gedaan
leaver-standing-closed = gesloten
leaver-standing-closed-by-hand = met de hand gesloten
leaver-standing-not-there = bestaat niet
leaver-standing-open = open
leaver-standing-open-by-hand = nog met de hand te sluiten
leaver-standing-no-answer = geen antwoord
leaver-standing-not-asked = niet bevraagd
leaver-no-owner = niemand
leaver-hand-yes = { $who } zegt dat het gesloten is, { $at }, via { $through }.
leaver-hand-no = { $who } zegt dat het niet gesloten is, { $at }, via { $through }.
leaver-hand-asked = Gevraagd op { $at }; nog geen antwoord.
leaver-hand-not-asked = Nog niet gevraagd.

## Het verslag: bewijs

leaver-how-to-check = Dit blad is gemaakt van de JSON van het verslag; de SHA-256 daarvan staat hieronder en onderaan elk blad, en sha256sum op dat bestand geeft dezelfde. De regels van deze uitvoering staan in het auditspoor; kompel audit verify op een export daarvan vindt elke regel die veranderd, weggehaald of verwisseld is.
leaver-playbook-digest = SHA-256 van het draaiboek
leaver-sha256 = SHA-256 van het verslag
leaver-trail-says = Auditspoor (RFC 6962), wortel van de boom van de eerste { $size } regels:
leaver-signed = Het eerste getekende ijkpunt dat ze dekt:
leaver-not-signed = Er is nog geen ijkpunt getekend dat ze dekt: kompel audit checkpoint tekent er een.

## Verslag en nazicht: hulp en antwoorden

exit-still-open = een account van iemand die vertrokken is, is nog bruikbaar, of dat is niet te zeggen
help-leavers-report = Schrijf het verslag van één vertrekker, voor HR, de klant en een auditor
help-leavers-report-long =
    Toont wat gevraagd is, wie precies welk plan goedkeurde, hoe elk account eerst was, wat wanneer
    gedaan is, wat daarna gelezen werd, wat mensen met de hand sloten en met welk bewijs, wat
    openstaat en wie aan zet is, en waar het in het auditspoor staat. Met --pdf schrijft Kompel
    A4-bladen en daarnaast de JSON waarvan ze gemaakt zijn; de SHA-256 daarvan staat op elk blad.

      kompel --tenant acme leavers report jan@acme.example --pdf jan.pdf --lang nl
help-leavers-report--whose = De id van de uitvoering of het begin ervan, of adres, login of naam van de vertrekker
help-leavers-report--pdf = Schrijf het als PDF, met de JSON ernaast
help-leavers-audit = Kijk of iemand die vertrokken is, nog ergens binnen kan
help-leavers-audit-long =
    Vraagt elk gekoppeld systeem naar iedereen die vertrokken is: die van de offboardings, en met
    --from die van een lijst (CSV met een kop: naam, e-mail, login, laatste dag; Engelse koppen mogen
    ook). Leest alleen. Eindigt met exitcode 13 als een account nog bruikbaar is, of als een systeem
    niet antwoordt, iemand niet van een ander te onderscheiden is of een rij niet te lezen is: dan is
    het niet te zeggen.

      kompel --tenant acme leavers audit --from vertrokken-2025.csv
help-leavers-audit--from = Een lijst van mensen die vertrokken zijn, als CSV
leavers-report-hash = SHA-256 van de JSON, zoals op de bladen: { $hash }
leavers-report-next = Voor het hele verhaal: kompel leavers report { $run } --pdf verslag.pdf
leavers-asking = Systemen bevragen
leavers-audit-head-name = Wie
leavers-audit-head-days = Dagen
leavers-audit-head-last-day = Laatste dag
leavers-audit-head-system = Systeem
leavers-audit-head-login = Account
leavers-audit-head-state = Nu
leavers-audit-silent = ! { $name }: { $connection } antwoordt niet: { $because }
leavers-audit-two = ! { $name }: in { $connection } kan meer dan één persoon bedoeld zijn; geef een mailadres of een login
leavers-audit-not-connected = Niemand kan deze bevragen; hun eigenaars moeten kijken: { $systems }
leavers-audit-counts = Gevraagd naar { $people ->
    [one] { $people } persoon
   *[other] { $people } mensen
}: { $closed ->
    [one] { $closed } account
   *[other] { $closed } accounts
} gesloten, { $open } nog open.
leavers-row-unreadable = ! { $file }, rij { $row }: niet te lezen als CSV
leavers-row-no-columns = ! { $file }: geen kolom heet naam, e-mail of login
leavers-row-nobody = ! { $file }, rij { $row }: noemt niemand
leavers-row-no-date = ! { $file }, rij { $row }: de laatste dag is geen datum (2026-11-28 of 28/11/2026)
leavers-row-too-many = ! { $file }: te lang; vanaf rij { $row } is niets meer gelezen
fail-no-leaver = Er is geen vertrekker { $name }.
fail-several-leavers = Meer dan één vertrekker past bij { $name }.
advice-leavers = `kompel leavers` toont ze, met hun uitvoeringen.
