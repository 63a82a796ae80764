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
    run, zoals bij `kompel run`. Alleen een naam volstaat niet: twee mensen kunnen zo heten.
help-leavers-add--name = De naam zoals mensen hem schrijven
help-leavers-add--mail = Een mailadres; mag vaker
help-leavers-add--login = Een login; mag vaker
help-leavers-add--last_day = De laatste werkdag; er wordt pas daarna gesloten
help-leavers-add--by = Wie het vraagt, met de korte naam uit kompel.toml; hun eigen ja telt nooit
help-leavers-add--reason = Waarom, voor het verslag
help-leavers-add--again = Start er nog een, ook al is er al een

## De tabel

leavers-reading = Runs lezen
leavers-none = Er zijn geen vertrekkers.
leavers-head-name = Vertrekker
leavers-head-state = Stand
leavers-head-run = Run
leavers-legend = ✓ gesloten  ✓ʰ met de hand gesloten  – bestaat er niet  ✗ open  ✗ʰ nog met de hand te sluiten  ! geen antwoord  ? niet gevraagd
state-taken-back = teruggedraaid
leavers-started = Offboarding gestart als { $run }: { $state }.
leavers-started-before = Er is al een offboarding van deze persoon, { $run }: { $state }. Er is niets gestart; --again start er nog een.
leavers-open-account = { $system }: het account { $login } is nog bruikbaar
leavers-open-kept = { $system }: iets moest blijven zoals het was
leavers-open-unknown = { $system }: niemand weet of het gebeurd is
leavers-open-by-hand = { $system }: nog met de hand te sluiten
leavers-open-no-answer = { $system }: gaf geen antwoord
leavers-open-approval = Er wacht een goedkeuring
leavers-open-run = De run kwam niet tot zijn einde
leavers-turn = Aan zet: { $people }
leavers-turn-operator = Aan zet: wie Kompel bedient

## Mislukt

fail-no-last-day = Draaiboek { $playbook } kent geen laatste dag: het sluit zodra het is goedgekeurd.
advice-no-last-day = Laat --last-day weg en start op de dag zelf, of neem het nieuwere draaiboek: `kompel playbook new offboarding`.
