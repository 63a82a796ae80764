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
map-time = Waar de tijd van één keer naartoe gaat
map-time-none = De records tonen niet hoelang het duurt.
map-time-touch = Werk: { $time }
map-time-waiting = Wachten op iemand: { $time }
map-time-rest = Blijven liggen: { $time }
map-minutes = { $minutes } min
map-kept-hours = { $hours } uur
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
