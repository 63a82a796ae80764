### Draaiboeken en uitvoeringen: hulp, verhalen, fouten.

## Hulp

help-playbook = Draaiboeken schrijven, nakijken en testen
help-playbook-long =
    Werkt met draaiboeken: YAML-bestanden in playbooks/<naam>/ van de werkmap, in de taal Open Workflow
    van de CNCF. Een draaiboek vraagt geen programmeerwerk: wat het kan aanroepen, staat in
    `kompel playbook schema`, voor uw editor.
help-playbook-new = Een nieuw draaiboek maken
help-playbook-new-long =
    Maakt een nieuw draaiboek in de werkmap: een kopie van een dat bij Kompel hoort, of met --from een
    ontwerp op basis van de procesfiche van een kandidaat.

      kompel playbook new access-request
      kompel playbook new vpn-reset --like access-request
      kompel playbook new uitdienst-ontwerp --from c-7f3a
help-playbook-new--name = De naam: kleine letters, cijfers en -
help-playbook-new--from = Een ontwerp op basis van de procesfiche van deze kandidaat
help-playbook-new--like = Een kopie van dit draaiboek dat bij Kompel hoort
help-playbook-check = Draaiboeken nakijken: wat er fout is, waar, en wat er wel moet staan
help-playbook-check-long = Toetst draaiboeken aan de taal en aan de acties die hier bestaan. Bij elke fout staan regel en kolom, en wat er in de plaats moet komen. Voert niets uit.
help-playbook-check--names = Namen of bestanden (standaard: alle uit de werkmap)
help-playbook-test = De gevallen van draaiboeken naspelen
help-playbook-test-long = Speelt elk geval in cases/*.yaml na: een invoer, vaste antwoorden, en wat eruit moet komen. Raakt geen enkel systeem aan; de tijd wordt overgeslagen.
help-playbook-test--names = Namen of bestanden (standaard: alle uit de werkmap)
help-playbook-schema = Het JSON-schema van draaiboeken tonen, voor uw editor
help-playbook-schema-long =
    Toont een JSON-schema van precies wat Kompel ondersteunt, met elke actie en haar invoer.

      kompel playbook schema --out kompel.schema.json
    In VS Code met de YAML-extensie zet u dit bovenaan een draaiboek:
      # yaml-language-server: $schema=../../kompel.schema.json
help-playbook-schema--out = Naar dit bestand schrijven
help-playbook-list = De draaiboeken opsommen
help-playbook-list-long = Somt de draaiboeken van de werkmap op, en die welke bij Kompel horen.

help-run = Een draaiboek uitvoeren
help-run-long =
    Start een uitvoering en drijft ze voort tot ze eindigt of wacht. Een uitvoering die op een mens of
    een tijdstip wacht, gaat vanzelf verder zolang `kompel serve` loopt, of bij de volgende
    `kompel run`, `approve` of `resume`.

      kompel run access-request --set person=jan --set group=vpn --set reason="van thuis uit"
      kompel run firewall-change --input wijziging.yaml --as jan
help-run--playbook = De naam van een draaiboek in de werkmap, of het bestand
help-run--input = De invoer als YAML- of JSON-bestand; - leest de standaardinvoer
help-run--set = Eén waarde van de invoer, zoals person=jan of ticket.id=42; mag meer dan eens
help-run--requester = Wie het vraagt (standaard: de persoon van wie deze login is)
help-run--detach = Alleen starten; wie voortdrijft, doet de rest
help-rehearse = Tonen wat een draaiboek zou doen, en niets doen
help-rehearse-long = Doorloopt een draaiboek met deze invoer: wat alleen leest, wordt echt gelezen; wat iets zou wijzigen, wordt alleen gepland; goedkeuringen gelden als gegeven. Er wordt niets gewijzigd en niemand iets gevraagd.
help-rehearse--playbook = De naam van een draaiboek in de werkmap, of het bestand
help-rehearse--input = De invoer als YAML- of JSON-bestand; - leest de standaardinvoer
help-rehearse--set = Eén waarde van de invoer, zoals person=jan of ticket.id=42; mag meer dan eens
help-rehearse--requester = Wie het zou vragen
help-runs = Uitvoeringen opsommen, en wat op mensen wacht
help-runs-long = Somt de uitvoeringen van de klant op, de nieuwste eerst, met de goedkeuringen en vragen die openstaan.
help-runs--open = Alleen die welke niet beëindigd zijn
help-runs--most = Hoeveel er hoogstens
help-show = Het verhaal van een uitvoering tonen
help-show-long = Toont stap voor stap wat een uitvoering deed: wat gepland was, wie wat goedkeurde, elke poging, wat teruggelezen werd, en hoe het ervoor staat.
help-show--run = De id van de uitvoering; het begin volstaat
help-show--all = Alles wat in het journaal staat
help-approve = Goedkeuren wat een uitvoering zou doen
help-approve-long =
    Zegt ja op een goedkeuring: op precies het plan dat erbij staat. U toont wie u bent met de
    eenmalige code die u kreeg, of doordat u aangemeld bent met een login die kompel.toml aan die
    persoon geeft. Het ja van de aanvrager zelf telt nooit. Een antwoord dat niet telt, verandert
    niets en wordt opgetekend.

      kompel approve a-3f1c --as an --code 7K2M-…
help-approve--approval = De id van de goedkeuring of van haar uitvoering; het begin volstaat
help-approve--person = Wie antwoordt (standaard: de persoon van wie deze login is)
help-approve--code = De eenmalige code
help-approve--plan = Het begin van de hash van het plan dat u zag
help-approve--why = Waarom
help-reject = Weigeren wat een uitvoering zou doen
help-reject-long = Zegt nee op een goedkeuring; de uitvoering eindigt als geweigerd, tenzij haar draaiboek daar iets mee doet.
help-reject--approval = De id van de goedkeuring of van haar uitvoering; het begin volstaat
help-reject--person = Wie antwoordt (standaard: de persoon van wie deze login is)
help-reject--code = De eenmalige code
help-reject--plan = Het begin van de hash van het plan dat u zag
help-reject--why = Waarom
help-cancel = Een uitvoering stoppen
help-cancel-long = Stopt een uitvoering. Wat gedaan is, blijft gedaan en wordt opgesomd.
help-cancel--run = De id van de uitvoering; het begin volstaat
help-cancel--why = Waarom
help-resume = Nu opnieuw proberen wat op een systeem wacht
help-resume-long = Probeert nu opnieuw wat wacht om een systeem nog eens te proberen, en drijft de uitvoering voort.
help-resume--run = De id van de uitvoering; het begin volstaat
help-retry = Zeggen wat er geworden is van een stap waarvan niemand anders het weet
help-retry-long =
    Is een wijziging verstuurd, kwam er geen antwoord, en kan het systeem zelf niet zeggen of ze gebeurd
    is, dan moet een mens gaan kijken en het zeggen.

      kompel retry r-4f1c --step 3 --it-was done --why "gezien in de console"
      kompel retry r-4f1c --step 3 --it-was not-done --why "staat er niet; doe het opnieuw"
help-retry--run = De id van de uitvoering; het begin volstaat
help-retry--step = Het nummer van de stap, zoals `kompel show` het toont
help-retry--undo_of = Gaat het over het terugdraaien van een andere stap: het nummer van die stap
help-retry--it_was = done (gebeurd), not-done (niet gebeurd: opnieuw proberen) of given-up (blijft openstaan)
help-retry--why = Waarom je dat zegt
help-serve = Uitvoeringen, planningen en tijdstippen voortdrijven, en gebeurtenissen aannemen
help-serve-long =
    Drijft de uitvoeringen van elke klant voort, start wat gepland is, en neemt CloudEvents aan op
    POST /events/<klant> (met het token `events = "secret://…"` van de klant). Op /leavers/<klant>
    staat het formulier voor vertrekkers (`kompel leavers form`). Stopt bij Ctrl-C; stoppen kan op
    elk ogenblik, ook met geweld: er gaat niets verloren.
help-serve--listen = Het adres om op te luisteren

## Exitcodes

exit-playbook = een draaiboek bevat een fout, of een van zijn gevallen mislukt
exit-not-completed = de uitvoering is beëindigd, maar niet voltooid
exit-waiting = de uitvoering wacht op een mens, een tijdstip of een systeem
exit-refused = het antwoord telt niet, of de uitvoering kan dat nu niet

## Draaiboeken

playbook-new-next = Verder: pas het aan, dan kompel playbook check { $name } en kompel playbook test { $name }
playbook-mistake = Een fout
playbook-warning = Kijk hier eens naar
playbook-well = ✓ { $name }: { $warnings ->
    [0] geen fouten
    [one] geen fouten, { $warnings } waarschuwing
   *[other] geen fouten, { $warnings } waarschuwingen
}
playbook-unwell = ✗ { $name }: { $errors ->
    [one] { $errors } fout
   *[other] { $errors } fouten
}
playbook-tested = { $passed } geslaagd, { $failed } mislukt
playbook-head-name = Draaiboek
playbook-head-version = Versie
playbook-head-title = Wat het doet
playbook-unreadable = (bevat fouten: kompel playbook check)
playbook-shipped = Hoort bij Kompel (kompel playbook new <naam>): { $names }
playbook-left-out = { $file } telt niet mee: { $because }
connection-left-out = Telt niet mee: { $because }
draft-head = Ontwerp op basis van de procesfiche van { $id }.
draft-how = Elke vraag aan een mens kan één voor één door een actie vervangen worden; de rest blijft.
draft-summary = Door Kompel ontworpen op basis van kandidaat { $id }. Een mens doet elke stap en zegt het.

## Plannen

plan-nothing = er zou niets wijzigen
plan-already-so = al zo: niets te wijzigen
plan-irreversible = niet terug te draaien
plan-not-whole = het plan stopt hier; wat daarna komt, is niet te voorzien
rehearsed = Dit zou gebeuren:
rehearsed-nothing-done = Er is niets gewijzigd. Plan { $hash }

## Uitnodigingen per mail

invite-subject = Kompel vraagt: { $question }
invite-asks = Dag { $name },

    { $requester } wil dit laten doen, en aan u wordt gevraagd of het mag: { $question }
    (uitvoering { $run })
invite-plan = Precies dit zou gebeuren:
invite-until = Antwoord graag vóór { $until }.
invite-yes = Om goed te keuren:
invite-no = Om te weigeren:
invite-code = De code is alleen van u en werkt één keer. Wie u erom vraagt, is niet Kompel.

## Uitvoeringen

runs-head-run = Uitvoering
runs-head-playbook = Draaiboek
runs-head-state = Toestand
runs-head-requester = Gevraagd door
runs-head-started = Gestart (UTC)
runs-approval = ? { $id } ({ $run }) wacht op { $people }: { $question }
runs-question = ! { $run }, stap { $step } ({ $task }): iemand moet gaan kijken en zeggen wat ervan geworden is: { $because }. kompel show { $run } zegt hoe
runs-missed = ! { $playbook } miste in de voorbije week { $count ->
    [one] één keer
   *[other] { $count } keer
 } zijn tijd, het laatst om { $at } UTC: niets dreef Kompel toen aan (kompel serve doet dat)
story-nothing-drives = Nu drijft niets de uitvoeringen aan. kompel serve doet dat; kompel resume { $run } drijft deze even aan.
run-started = Uitvoering { $run }
state-running = bezig
state-waiting = wacht
state-completed = voltooid
state-incomplete = onvolledig
state-failed = mislukt
state-rejected = geweigerd
state-cancelled = gestopt

story-asked = gevraagd door { $who }, { $at } UTC ({ $trigger })
story-asked-again = opnieuw gevraagd door { $who }, { $at } UTC: er is niets bij gestart (kompel audit show)
story-ended = beëindigd { $at } UTC
story-child = startte uitvoering { $run }
story-attempts = { $count } keer verstuurd
story-attempt = verstuurd, poging { $number }
story-under = goedgekeurd onder { $id }
story-undo = draait stap { $step } terug met { $action }
story-refused = geweigerd: { $why }
story-unknown = verstuurd, en geen antwoord: { $why }
story-differs = teruggelezen, en het is niet zoals het moet: { $why }
story-verified = teruggelezen: zoals het moet
story-decided-done = { $who } zegt dat het gebeurd is: { $why }
story-decided-not-done = { $who } zegt dat het niet gebeurd is: { $why }
story-decided-given-up = { $who } geeft het op: { $why }
story-left = stap { $step } blijft zoals ze is: { $why }
story-asked-people = gevraagd aan { $people } ({ $count ->
    [one] { $count } moet
   *[other] { $count } moeten
} ja zeggen): { $question } [{ $id }, plan { $hash }]
story-told = { $who } is verwittigd
story-not-told = { $who } kon niet verwittigd worden: { $why }
story-escalated = ook { $people } wordt het nu gevraagd
story-yes = { $who } zegt ja, via { $through } { $why }
story-no = { $who } zegt nee, via { $through } { $why }
story-closed = afgesloten: { $why }

status-running = Bezig.
status-completed = Voltooid: al wat gewijzigd is, is teruggelezen.
status-incomplete = Onvolledig. Nog open:
status-failed = Mislukt bij { $at }: { $why }
status-rejected = Geweigerd: { $why }
status-cancelled = Gestopt door { $who }: { $why }
status-done-before = Daarvoor gedaan, en niet teruggedraaid: { $tasks }
left-asked-person = stap { $step } ({ $task }, { $action }): een mens moet zeggen wat ervan geworden is: { $why }
left-unknown = stap { $step } ({ $task }, { $action }): niemand weet of het gebeurd is: { $why }
left-not-verified = stap { $step } ({ $task }, { $action }): gedaan, maar niet zoals het moet: { $why }
left-not-done = stap { $step } ({ $task }, { $action }): niet gedaan: { $why }
left-not-undone = stap { $step } ({ $task }, { $action }): niet teruggedraaid: { $why }
waits-approval = Wacht op { $people } tot { $until }: kompel approve { $id }
waits-decision = Wacht tot een mens zegt wat er van stap { $step } ({ $task }) geworden is: { $why }. Kijk, en dan: kompel retry { $run } --step { $step }{ $undo } --it-was done|not-done|given-up --why "…"
waits-time = Wacht tot { $until } UTC.
waits-peer = Wacht om { $action } opnieuw te proberen, om { $until } UTC.
waits-event = Wacht op een gebeurtenis: { $types }
waits-run = Wacht op draaiboek { $playbook }.

answer-approved = { $who } keurde { $id } goed.
answer-rejected = { $who } weigerde { $id }.
answer-refused = Dat telt niet, en het is opgetekend: { $why }
answer-pending = Bewaard; wie voortdrijft, neemt het op.

serving = Drijft uitvoeringen voort; luistert op http://{ $address } (Ctrl-C stopt)
serving-what-was = kompel.toml of een draaiboek is sindsdien gewijzigd: wat hier begint, gaat nog uit van wat er stond. Stop en start kompel serve.
served = Gestopt; er is niets verloren.

doctor-connection = verbinding
doctor-playbook = draaiboek

## Fouten

fail-playbook = { $file } bevat { $count ->
    [one] een fout
   *[other] { $count } fouten
}.
fail-no-playbook = Er is geen draaiboek { $name }.
fail-no-playbooks = De werkmap heeft geen draaiboeken.
fail-playbook-name = { $name } kan geen naam van een draaiboek zijn: gebruik kleine letters, cijfers en -.
fail-playbook-exists = { $folder } bestaat al; ze blijft zoals ze is.
fail-set = { $pair } kan geen deel van de invoer zijn.
fail-input = { $file } kan niet als YAML of JSON gelezen worden.
fail-connection = { $place } kan niet gebruikt worden.
fail-no-connector = { $place }: er is geen connector { $name }.
fail-scheduled = Klant { $tenant }: { $name } kan niet gepland worden.
fail-no-run = Er is geen uitvoering { $id }, of meer dan een begint zo.
fail-no-approval = Er is geen open goedkeuring { $id }.
fail-several-approvals = Meer dan een goedkeuring past bij { $id }.
fail-steer = Uitvoering { $run } kan dat niet: { $why }
fail-driven = Een andere kompel drijft deze werkmap.
fail-listen = Op { $address } kan niet geluisterd worden.
fail-disk-full = De schijf is vol of werkt niet meer: er kan niets meer opgeschreven worden, dus gebeurt er niets meer.
advice-disk-full = Maak plaats en probeer opnieuw; uitvoeringen die bezig waren, gaan verder waar ze gebleven zijn.
fail-read-only = De werkmap is alleen-lezen: er kan niets opgeschreven worden, dus gebeurt er niets.
advice-read-only = Kijk naar de rechten op de map, en of haar schijf alleen-lezen aangekoppeld is.
fail-run = De uitvoering kan niet voortgedreven worden.
fail-held = Uitvoering { $run } kan niet verder: { $why }.
advice-held = Er is niets gedaan zonder dat het genoteerd staat. Zodra dit is opgelost, gaat `kompel resume` of `kompel serve` verder waar het stopte.
advice-playbook-shipped = Het hoort bij Kompel: `kompel playbook new { $name }` zet het in de werkmap.
advice-playbooks = `kompel playbook list` somt ze op; `kompel playbook new <naam>` maakt er een.
advice-playbook-exists = Kies een andere naam, of pas het bestaande aan.
advice-set = Schrijf naam=waarde, zoals person=jan.
advice-connectors = Connectoren: { $names }
advice-runs = `kompel runs` somt ze op.
advice-show = `kompel show { $run }` vertelt hoe het ervoor staat.
advice-driven = Stop de andere (waarschijnlijk `kompel serve`), of laat die het werk doen.
advice-listen = Kies een ander met --listen, of stop wat daar luistert.
advice-secret = Schrijf events = "secret://<naam>" en `kompel secret set <naam>`.
