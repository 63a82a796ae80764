### Wat de opdrachtregel zegt: hulp, resultaten, fouten.

## Hulp: kader

help-head-usage = Gebruik
help-head-commands = Opdrachten
help-head-arguments = Argumenten
help-head-options = Opties
help-head-global = Overal
help-about = Vindt handwerk in tickets, chats en antwoorden, toont wat het automatiseren waard is, en voert het veilig uit.
help-long =
    Vindt handwerk in tickets, chats en antwoorden, toont wat het automatiseren waard is, en voert het veilig uit.

    Kompel leest exports van je ticketsysteem en chat, en de antwoorden van mensen op één vraag. Het
    legt samen wat hetzelfde werk is, telt hoe vaak het voorkomt, welke systemen het raakt, op wie
    het wacht en waar het misloopt, en rangschikt wat de moeite loont. Elk getal is na te gaan met
    `kompel explain`. Een zoektocht opent geen netwerkverbinding; mensen verschijnen als pseudoniem.

    Waartoe beslist is, wordt een draaiboek. Een uitvoering maakt een plan, vraagt de mensen die jij noemt
    om een ja op precies dat plan, doet het, leest elk systeem na en bewaart het bewijs. Ze bereikt alleen
    de systemen die kompel.toml voor die klant verbindt.
help-examples =
    Voorbeelden:
      kompel demo                                  een verzonnen bedrijf, van export tot pitch
      kompel init                                  maak een werkmap in deze map
      kompel hunt tickets export.csv               lees tickets en zoek processen
      kompel hunt chat slack-export.zip            voeg de chat toe
      kompel candidates                            wat er gevonden is
      kompel explain c-7f3a                        waar elk getal vandaan komt
      kompel map c-7f3a --pdf                      het proces op één A4
      kompel playbook new access-request           een draaiboek om van te vertrekken
      kompel rehearse access-request --set …       wat het zou doen; er verandert niets
      kompel run access-request --set …            doe het; kompel runs zegt wat op wie wacht
      kompel leavers                               iedereen die vertrekt, in elk systeem
help-exit-codes = Exitcodes:
exit-done = gelukt
exit-unexpected = er ging iets mis dat niet mis mag gaan
exit-usage = de opdrachtregel is niet te begrijpen
exit-input = een invoer is niet te lezen
exit-not-found = wat gevraagd is, is er niet
exit-workspace = geen werkmap, of de databank of sleutel is onbruikbaar
exit-configuration = een fout in kompel.toml
exit-output = een uitvoer kan niet geschreven worden

help--help = Toon hulp; --help toont meer dan -h
help--version = Toon de versie
help--workspace = De werkmap (standaard: deze map of de dichtste erboven met een kompel.toml)
help--lang = De taal van de uitvoer (standaard: kompel.toml, dan de omgeving)
help--json = Antwoord in JSON, voor andere programma's
help--tenant = Van wie de gegevens zijn: die van elke klant blijven apart
help--quiet = Alleen het antwoord: geen opmerkingen, geen voortgang
help--reveal = Toon namen in plaats van pseudoniemen; dat wordt bijgehouden in de audit

## Hulp: opdrachten

help-demo = Probeer het uit: een verzonnen bedrijf, van export tot pitch
help-demo-long =
    Maakt achttien maanden van een verzonnen securitybedrijf en zijn klanten, schrijft die zoals Jira,
    Slack en een enquête ze zouden exporteren, leest ze zoals die van jou, en schrijft kaarten, pitch
    en rapport. Nog eens uitvoeren vervangt de map, als een demo ze gemaakt heeft.
help-demo--out = De map die gemaakt wordt
help-demo--seed = Een ander getal maakt een ander bedrijf

help-init = Maak een werkmap: configuratie, databank, sleutels
help-init-long =
    Maakt kompel.toml (met elke standaardwaarde), kompel.db, kompel.key en kompel.audit-key in een
    map. Wat er al staat, blijft zoals het is. Hou beide sleutels voor jezelf: met de ene zijn de
    namen verzegeld, met de andere wordt het auditspoor getekend. kompel.audit-key.pub is voor
    auditors.
help-init--folder = De map (standaard: deze)

help-hunt = Lees exports en zoek processen
help-hunt-long =
    Leest exports, houdt de gegevens bij, en zoekt processen in alles wat al bijgehouden is. Een
    nieuwere export lezen werkt bij: niets telt dubbel, kandidaten houden hun id, beslissingen
    blijven. Zonder pad leest het de bronnen in kompel.toml.

    Het formaat wordt herkend; --format dwingt er een af. Voor eigen tabellen stelt Kompel voor welke
    kolom wat is: kijk met --dry-run, verbeter met --map.

    Antwoorden uit verschillende bestanden blijven uit elkaar: rij 3 van het eerste bestand heet 3,
    van een ander bestand.csv#3. Een bestand waarvan minstens de helft van de rijen al bekend is,
    geldt als nieuwere versie van het bestand waar ze uit komen.

      kompel hunt tickets jira.csv
      kompel hunt tickets incidenten.xlsx --dry-run
      kompel hunt tickets incidenten.xlsx --map title=Onderwerp --map key=Nummer
      kompel hunt chat slack-export.zip
      kompel hunt answers antwoorden.csv
      kompel hunt log bpic2012.xes.gz
help-hunt--kind = Wat de bestanden bevatten
help-hunt--path = Bestanden, zip-archieven of mappen
help-hunt--format = Lees als dit formaat
help-hunt--map = Welke kolom welk veld is, voor eigen tabellen; mag vaker voorkomen
help-hunt--timezone = De zone van tijdstippen zonder zone, zoals Europe/Brussels
help-hunt--dry_run = Alleen lezen, tellen en de kolommen tonen; niets bijhouden
help-hunt--no_discover = Alleen lezen en bijhouden; later processen zoeken

help-candidates = Toon wat gevonden is, in volgorde
help-candidates-long =
    Toont de kandidaten in volgorde, met de vier criteria: frequentie, systemen, menselijke factor,
    fouten. ✓ is voldaan, ✗ niet voldaan, ? niet af te leiden uit de gegevens. De oordelen volgen de
    drempels die nu in kompel.toml staan.

      kompel candidates --json | jq '.candidates[] | select(.qualifies) | .title'
help-candidates--qualifying = Alleen wat in aanmerking komt
help-candidates--all = Toon alles, ook wat lang niet in aanmerking komt
help-candidates--rejected = De groepen die geen kandidaat zijn, en waarom

help-explain = Toon waar elk getal van een kandidaat vandaan komt
help-explain-long = Toont de oordelen met hun redenen, hoe de gevallen eindigen, winst en gemak met elke factor, en voor elk getal waarop het steunt en welke gegevens het tonen.
help-explain--id = De id van de kandidaat; het begin volstaat

help-map = Toon één proces op één A4
help-map-long = Toont de proceskaart: trigger, input, stappen nu, pijn, stappen met de orchestrator, winst. Elke zin komt uit de gegevens; wat die niet zeggen, blijft open (☐) om zelf in te vullen.
help-map--id = De id van de kandidaat; het begin volstaat
help-map--pdf = Schrijf ze als PDF van één A4
help-map--out = De naam van de PDF

help-pitch = Toon de top drie en de vraag aan wie beslist
help-pitch-long = Toont de drie beste kandidaten naast elkaar (de meest zichtbare, de snelste winst, de veiligste keuze) en de vraag aan wie beslist.
help-pitch--pdf = Schrijf ze als PDF
help-pitch--out = De naam van de PDF

help-decide = Hou bij wat over een kandidaat beslist is
help-decide-long =
    Houdt een beslissing bij met wie ze nam, waarom en wanneer. Beslissingen worden nooit gewijzigd of
    verwijderd; een latere over dezelfde kandidaat komt in de plaats.

      kompel decide c-7f3a --yes --by Xander --why "elke week, en goed zichtbaar"
help-decide--id = De id van de kandidaat; het begin volstaat
help-decide--yes = Het wordt geautomatiseerd
help-decide--no = Het wordt niet geautomatiseerd
help-decide--by = Wie besliste
help-decide--why = Waarom

help-report = Schrijf de hele zoektocht als één HTML-bestand
help-report-long = Schrijft alles wat gevonden is als één HTML-bestand met grafieken, dat opent zonder netwerk.
help-report--out = De naam van het bestand

help-findings = Toon wat bij het laatste lezen niet in orde was
help-findings-long = Toont voor elke invoer van de laatste zoektocht welke rijen overgeslagen, hersteld of samengevoegd zijn, met hun plaats.
help-findings--all = Toon alles wat bijgehouden is, niet alleen de eerste

help-log = Werk met het eventlog
help-log-long = Werkt met het eventlog: alles wat gelezen is, als één objectgericht log.
help-log-export = Schrijf alles wat bijgehouden is als eventlog voor process-miningtools
help-log-export-long =
    Schrijft alles wat bijgehouden is als eventlog, voor PM4Py, ProM, Celonis en dergelijke. Mensen
    blijven pseudoniemen.

      kompel log export --format ocel-json log.json
      kompel log export --format xes log.xes
help-log-export--format = OCEL 2.0 als JSON of XML, of XES
help-log-export--out = De naam van het bestand

help-reveal = Toon de naam achter een pseudoniem, en hou dat bij
help-reveal-long = Toont de naam achter een pseudoniem. Dat ze getoond is, wanneer en waarom, wordt bijgehouden en kan niet verwijderd worden.
help-reveal--pseudonym = Zoals p-1f3a9c20
help-reveal--why = Waarom je de naam nodig hebt

help-doctor = Kijk de werkmap na; wijzig niets
help-doctor-long = Kijkt de configuratie na, de sleutels en wie ze mag lezen, de databank, het auditspoor en zijn laatste ijkpunt, waar geheimen vandaan komen en of elk geheim uit kompel.toml te vinden is, of de ingestelde bronnen te lezen zijn, of elke verbinding bereikbaar is en haar rechten heeft, en of de draaiboeken fouten bevatten. Wijzigt niets.

help-completions = Toon het aanvulscript van een shell
help-completions-long =
    Toont het aanvulscript van een shell.

      kompel completions bash > ~/.local/share/bash-completion/completions/kompel
help-completions--shell = bash, zsh, fish, elvish of powershell

## Resultaten

wrote = { $file } geschreven
init-done = Werkmap gemaakt in { $folder }:
init-nothing = { $folder } is al een werkmap; er is niets gewijzigd.
init-kompel-toml = de configuratie, met elke standaardwaarde
init-kompel-db = de databank
init-kompel-key = de sleutel waarmee namen verzegeld zijn; hou hem voor jezelf
init-next = Volgende stap: kompel hunt tickets <export.csv>

hunt-read = { $file } ({ $format }): { $rows } rijen gelezen, { $records } records
hunt-stored = { $new } nieuw, { $updated } bijgewerkt, { $unchanged } ongewijzigd
hunt-mapping = kolommen (verbeter met --map veld=kolom):
hunt-column = { $by ->
    [user] { $field } = { $column }  (zoals je zei)
    [header] { $field } = { $column }  (aan de hoofding te zien)
    [content] { $field } = { $column }  (aan de inhoud te zien, { $sure } zeker)
   *[nothing] { $column }: behouden onder de eigen naam
}
hunt-dry = Proefrun: er is niets bijgehouden.
hunt-not-discovered = Bijgehouden. Volgende stap: kompel hunt, om processen te zoeken.
hunt-next = Volgende stap: kompel candidates

finding-group = { $count } × { $what }: { $did }
finding-place = { $kind ->
    [cell] { $file }, rij { $row }, kolom { $column }:
    [row] { $file }, rij { $row }:
    [column] { $file }, kolom { $column }:
   *[file] { $file }:
}
findings-of = { $file }:
findings-none = { $file }: niets aan te merken

list-rank = #
list-id = Id
list-title = Proces
list-rate = Keer/jr
list-hours = Uur/mnd
list-criteria = F S M E
list-qualifies = Ok
list-decision = Beslist
list-records = Records
list-why = Waarom niet
decision-yes = ja
decision-no = nee
candidates-legend = F frequentie, S systemen, M menselijke factor, E fouten: ✓ voldaan, ✗ niet voldaan, ? onbekend. Uur: waarschijnlijke winst per maand.
candidates-summary = { $candidates ->
    [one] { $candidates } kandidaat
   *[other] { $candidates } kandidaten
}, waarvan { $qualify } { $qualify ->
    [one] in aanmerking komt
   *[other] in aanmerking komen
}; { $rejected ->
    [one] { $rejected } groep is
   *[other] { $rejected } groepen zijn
} geen proces om te automatiseren (kompel candidates --rejected).
candidates-left = In geen enkele groep: { $tickets } tickets, { $messages } berichten, { $answers } antwoorden.
candidates-more = … en nog { $more } die niet in aanmerking komen (--all toont ze)
candidates-next = Volgende stap: kompel explain <id>, kompel map <id> --pdf, kompel pitch --pdf

explain-head = Plaats { $rank }, score { $score }; { $qualifies ->
    [yes] komt in aanmerking
   *[no] komt niet in aanmerking
}. { $records } records, { $runs } keer uitgevoerd.
explain-criteria = Criteria
explain-resolution = Hoe het eindigt
explain-sameness = { $share } eindigt op dezelfde manier ({ $alike } van { $of }):
explain-sameness-unknown = De gegevens zeggen niet hoe het eindigt.
explain-gain = Winst
explain-hours = Uren per maand: { $likely } waarschijnlijk (laag { $low }, hoog { $high })
explain-ease = Gemak
explain-share = { $share } in totaal
explain-origins = Waar elk getal vandaan komt
explain-next = Volgende stap: kompel map { $id } --pdf
map-next = Volgende stap: kompel map { $id } --pdf; vul daarna in wat open staat (☐)
pitch-role-most-visible = de meest zichtbare
pitch-role-quickest-win = de snelste winst
pitch-role-most-secure = de veiligste keuze
pitch-numbers = { $rate } keer per jaar, { $hours } uur per maand te winnen, gemak { $ease }; { $systems }
pitch-next = Volgende stap: kompel pitch --pdf; na het gesprek: kompel decide <id> --yes --by <naam> --why <tekst>
decided-yes = Bijgehouden: { $title } ({ $id }) wordt geautomatiseerd, zegt { $by }.
decided-no = Bijgehouden: { $title } ({ $id }) wordt niet geautomatiseerd, zegt { $by }.
reveal-kept = Dat deze naam getoond is, is bijgehouden.

doctor-config = configuratie
doctor-key = sleutel
doctor-database = databank
doctor-source = bron
doctor-well = Alles is in orde.
doctor-unwell = Er is iets dat aandacht vraagt.

demo-world = { $provider }, een verzonnen securitybedrijf met { $clients } klanten, van { $from } tot { $to }: { $tickets } tickets, { $messages } chatberichten, { $answers } antwoorden.
demo-truth = Naast de waarheid gelegd (truth.json): { $found } van { $planted } geplante processen gevonden; van { $claimed } die in aanmerking komen, zijn er { $right } juist.
demo-written = Geschreven in { $folder }: { $maps ->
    [one] { $maps } kaart
   *[other] { $maps } kaarten
} (maps/*.pdf){ $maps ->
    [0] {""}
   *[other] , pitch.pdf
}, report.html, candidates.json; de gelezen exports staan in exports/.
demo-next =
    Volgende stap:
      open { $folder }/report.html
      kompel explain { $id } --workspace { $folder }
      kompel init mijn-jacht && cd mijn-jacht && kompel hunt tickets <jouw export>

## Voortgang

progress-world = Een bedrijf maken…
progress-reading = { $file } lezen
progress-redacting = Namen vervangen…
progress-storing = Records bijhouden
progress-loading = Records laden
progress-hunting = Processen zoeken…
stage-words = De woorden van { $records } records lezen…
stage-groups = Gelijkaardige vragen groeperen…
stage-facts = { $groups } groepen bekijken…
progress-exporting = Het eventlog schrijven…
progress-pages = Pagina's zetten

## Fouten

fail-unexpected = Er ging iets mis dat niet mis mag gaan.
fail-no-workspace = Er is geen werkmap in { $folder } of erboven.
fail-missing = De werkmap mist { $file }.
fail-too-new = Een nieuwere Kompel heeft deze databank gemaakt.
fail-workspace = De werkmap is niet te gebruiken.
fail-init = In { $folder } kan geen werkmap gemaakt worden.
fail-config-unreadable = { $file } is niet te lezen.
fail-config = { $file } bevat een fout op regel { $line }.
fail-lexicon = { $file } is niet te gebruiken als begrippen.
fail-systems = De systemen in kompel.toml zijn niet te gebruiken.
fail-no-hunt = Er is nog niet gezocht.
fail-no-candidate = Er is geen kandidaat { $id }.
fail-no-person = Voor { $pseudonym } is geen naam bijgehouden.
fail-no-sources = Er is niets om in te zoeken: geen pad, geen bronnen ingesteld, geen records bijgehouden.
fail-no-pitch = Geen enkele kandidaat komt in aanmerking, dus er valt niets voor te leggen.
fail-no-format = { $file } is in geen formaat dat Kompel kent.
fail-unknown-format = Er is geen formaat { $format }.
fail-other-kind = { $file } lijkt op { $format }, en dat is niet wat je zegt dat erin zit.
fail-not-read = { $file } is niet te lezen als { $format }.
fail-mapping = De kolomtoewijzing is niet te gebruiken.
fail-unreadable = { $file } is niet te lezen.
fail-too-large = { $file } bevat te veel.
fail-write = { $file } kan niet geschreven worden.
fail-report = Een pagina kan niet gemaakt worden.
fail-other-version = Wat het laatst gevonden is, werd bijgehouden door een andere versie van Kompel.
fail-demo-folder = { $folder } bestaat al en komt niet van een demo; de map blijft zoals ze is.

advice-init = Maak er een met `kompel init`, of noem er een met --workspace. Om te proberen: `kompel demo`.
advice-doctor = `kompel doctor` zegt wat er scheelt.
advice-upgrade = Gebruik die versie, of een kopie van de databank van ervoor.
advice-config-nearest = Bedoel je `{ $near }`?
advice-config = De kompel.toml van een nieuwe werkmap toont elke sleutel: `kompel init <map>`.
advice-lexicon = Kijk [lexicon] concepts in kompel.toml na.
advice-hunt = Lees eerst iets: `kompel hunt tickets <export>`.
advice-candidates = `kompel candidates` toont ze.
advice-candidate-nearest = Bedoel je { $near }? `kompel candidates` toont ze allemaal.
advice-no-person = Een pseudoniem ziet eruit als p-1f3a9c20; namen zijn er voor mensen die een bron noemt.
advice-no-sources = Noem een bestand: `kompel hunt tickets <export>`, of zet een [[source]] in kompel.toml.
advice-no-pitch = `kompel candidates` toont waarom; de drempels staan in kompel.toml onder [qualify].
advice-format = Formaten: { $formats }. Dwing er een af met --format.
advice-other-kind = Gebruik `kompel hunt { $kind } { $file }`, of dwing het formaat af met --format.
advice-mapping = Bekijk de kolommen met --dry-run.
advice-no-such-file = Kijk het pad na; het telt vanaf de map waarin je bent.
advice-no-permission = Je mag het niet lezen: kijk de rechten na.
advice-read-again = Kijk na of het bestand volledig is en probeer opnieuw.
advice-too-large = Geef een kleinere map, of de bestanden één voor één.
advice-write = Kijk na of de map bestaat, of je er mag schrijven en of er plaats is.
advice-report = Meld dit aan de makers van Kompel.
advice-demo-folder = Noem een andere map met --out.
