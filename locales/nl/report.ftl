### De woorden van de rapporten: A4, pitch en HTML.

## Maanden

month-1 = januari
month-2 = februari
month-3 = maart
month-4 = april
month-5 = mei
month-6 = juni
month-7 = juli
month-8 = augustus
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
month-short-1 = jan
month-short-2 = feb
month-short-3 = mrt
month-short-4 = apr
month-short-5 = mei
month-short-6 = jun
month-short-7 = jul
month-short-8 = aug
month-short-9 = sep
month-short-10 = okt
month-short-11 = nov
month-short-12 = dec

## Gedeeld

verdict-met = voldaan
verdict-not-met = niet voldaan
verdict-unknown = niet bekend
criterion-frequency = Frequentie
criterion-systems = Systemen
criterion-human = Menselijke factor
criterion-errors = Foutgevoeligheid
reference-answer = antwoord { $row }
report-as-of = stand van { $date }
report-made-with = Gemaakt met Kompel { $version }
report-window = { $source }: { $records } records, { $from } tot { $to }
report-sources = Bron: { $windows }.
report-sources-none = Bron: de ingelezen records.
report-how = Elke zin komt uit de records; het getal zegt hoe vaak, de sleutels ernaast zijn voorbeelden. Namen zijn pseudoniemen. Een stippellijn weten de records niet: die vul je zelf in.
hours-unit = uur per maand
hours-range = { $low } tot { $high } uur

## A4

map-title = Proceskaart: { $title }
map-kicker = Proceskaart
map-rank = plaats
map-score = score
map-records = { $count ->
    [one] 1 record
   *[other] { $count } records
}
map-sameness = { $share } % eindigt op dezelfde manier
map-language-nl = vooral Nederlands
map-language-en = vooral Engels
map-language-fr = vooral Frans
map-language-de = vooral Duits
map-months = Keren per maand
map-months-none = De records hebben geen datums.
map-months-says = { $total } keer in { $months ->
    [one] 1 maand
   *[other] { $months } maanden
}, hoogstens { $peak } in één maand
map-time = Waar de tijd naartoe gaat
map-time-none = De records tonen niet hoelang het duurt.
map-time-touch = Werk: { $time }
map-time-waiting = Wachten op iemand: { $time }
map-time-rest = Blijven liggen: { $time }
map-minutes = { $minutes } min
map-hours = { $hours } uur
map-days = { $days ->
    [one] 1 dag
   *[other] { $days } dagen
}
map-gain = Winst
map-gain-none = Niet te berekenen: het aantal keren of de werktijd ontbreekt.
map-quotes = In hun woorden
map-notes = Notities
map-more = + nog { $count }
map-column-part = Onderdeel
map-column-question = Vraag
map-column-seen = Wat we zagen
map-row-trigger = Trigger
map-row-input = Input Data
map-row-steps-now = Stappen (Nu)
map-row-pain = Pijn
map-row-steps-then = Stappen (Straks)
map-row-gain = Winst
map-question-trigger = Wat start dit proces?
map-question-input = Welke info heb je nodig?
map-question-steps-now = Wat doet de mens?
map-question-pain = Waar gaat het mis?
map-question-steps-then = Wat doet jouw orchestrator?
map-question-gain = Wat levert het op?
map-nothing = De records zeggen hier niets over:

## Pitch

pitch-title = Welk proces eerst?
pitch-kicker = Pitch: de top 3
pitch-empty = Nog geen ander proces raakt door het filter.
pitch-no-role = Springt er nergens uit, maar staat wel in de top 3.
pitch-question-head = De vraag
pitch-decision = Beslissing
pitch-none-of-these = geen van deze
pitch-why = Waarom
pitch-decider = Wie beslist
pitch-when = Datum
pitch-signature = Handtekening
pitch-systems = Systemen: { $names }
pitch-how = Alle cijfers komen uit de records; een vraagteken is niet bekend. Op de proceskaart van elk proces staat waar ze vandaan komen.
role-most-visible = Meest zichtbaar
role-quickest-win = Snelste quick win
role-most-secure = Beste voor de veiligheid
figure-per-year = keer per jaar
figure-hours = uur per maand bespaard
figure-hours-range = ({ $low } tot { $high })
figure-sameness = eindigt op dezelfde manier
figure-ease = gemak
plot-value-ease = Waarde en gemak
plot-value = Waarde
plot-ease = Gemak
plot-best = veel waard, makkelijk

## HTML: de jacht

hunt-title = De jacht op verborgen processen
hunt-kicker = Kompel
hunt-skip = Naar de kandidaten
hunt-contents = Inhoud
hunt-overview = In het kort
hunt-funnel = Van record tot kandidaat
hunt-funnel-records = Records
hunt-funnel-groups = Groepen
hunt-plot = Waarde en gemak
hunt-plot-says = Elk punt is een kandidaat: naar rechts makkelijker te automatiseren, naar boven meer waard. Het cijfer is de plaats; een open punt raakt niet door het filter.
hunt-pitch = De top 3
hunt-candidates = Kandidaten
hunt-candidates-none = Er is geen enkele kandidaat gevonden.
hunt-filter = Zoek in de titels
hunt-only-qualifying = Alleen wat door het filter raakt
hunt-sort-hint = Klik op een kolom om te sorteren.
hunt-details = Kandidaat voor kandidaat
hunt-map-rows = Proceskaart
hunt-origins = Waar elk getal vandaan komt
hunt-gain-factors = Zo is de winst berekend
hunt-ease-factors = Zo is het gemak berekend
hunt-rejected = Groepen die geen kandidaat zijn
hunt-rejected-none = Geen enkele groep is afgewezen.
hunt-rejected-says = De aanvragen lijken op elkaar, maar iets anders klopt niet.
hunt-unassigned = Records zonder groep
hunt-findings = Kwaliteit van de gegevens
hunt-findings-none = De lezers hadden niets te melden.
hunt-findings-says = Wat de lezers niet konden nemen zoals het er stond, en wat ze ermee deden.
hunt-how = Elk getal komt uit de records; namen zijn pseudoniemen. Dit bestand werkt zonder netwerk.
hunt-qualifies = raakt door het filter
hunt-qualifies-not = raakt niet door het filter
hunt-decider = Wie beslist: { $who }
not-known = niet bekend
factor-spread = { $likely } ({ $low } tot { $high })
column-rank = Plaats
column-title = Kandidaat
column-per-year = Per jaar
column-hours = Uur/maand
column-sameness = Zelfde einde
column-ease = Gemak
column-months = Per maand
column-score = Score
column-why = Reden
column-records = Records
column-examples = Voorbeelden
column-finding = Bevinding
column-effect = Gevolg
column-count = Aantal
column-place = Waar
column-factor = Factor
column-value = Waarde
column-origin = Herkomst
funnel-read = gelezen
funnel-grouped = in een groep
funnel-in-candidates = in een kandidaat
funnel-groups = groepen gelijke aanvragen
funnel-candidates = kandidaten
funnel-qualify = door het filter
unassigned-tickets = Tickets
unassigned-messages = Berichten
unassigned-answers = Antwoorden
rejected-resolutions-differ = De oplossingen verschillen te veel: { $share } % eindigt op dezelfde manier.
rejected-burst = Een storing met veel meldingen ({ $records } records), geen proces.
rejected-import = In één keer ingeladen ({ $records } records), geen proces.
rejected-robot = Een robot maakt en sluit ze ({ $records } records); er komt geen mens aan te pas.
rejected-noise = Geen werk: aankondigingen, nieuwsbrieven of automatische antwoorden.
finding-row = rij { $row }
finding-bad-encoding = Tekens die niet in de codering van het bestand passen
finding-bad-row = Rij met te veel of te weinig velden
finding-bad-date = Onleesbare datum
finding-ambiguous-date = Datum met onzekere volgorde van dag en maand
finding-bad-number = Onleesbaar getal
finding-bad-type = Waarde van een ander type dan verwacht
finding-missing-key = Record zonder sleutel
finding-missing-text = Record zonder tekst
finding-missing-time = Record zonder tijd
finding-duplicate = Hetzelfde record een tweede keer
finding-too-long = Tekst of bestand langer dan de grens
finding-too-many = Meer records, bestanden of niveaus dan de grens
finding-auto-reply = Automatisch antwoord
finding-signature = Handtekening van een mail
finding-quote = Geciteerde mail
finding-system-message = Systeembericht
finding-unknown-file = Bestand dat niet bij de export hoort
finding-dangling-reference = Verwijzing naar iets dat niet in de export zit
effect-kept = behouden
effect-repaired = opgeschoond
effect-merged = samengevoegd
effect-skipped = overgeslagen
