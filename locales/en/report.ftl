### The words of the reports: A4, pitch and HTML.

## Months

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

## Shared

verdict-met = met
verdict-not-met = not met
verdict-unknown = unknown
criterion-frequency = Frequency
criterion-systems = Systems
criterion-human = Human factor
criterion-errors = Error-proneness
reference-answer = answer { $row }
report-as-of = as of { $date }
report-made-with = Made with Kompel { $version }
report-window = { $source }: { $records } records, { $from } to { $to }
report-sources = Source: { $windows }.
report-sources-none = Source: the records read.
report-how = Every sentence comes from the records; the number says how often, the keys beside it are examples. Names are pseudonyms. What the records can't tell is a dotted line, for you to fill in.
hours-unit = hours a month
hours-range = { $low } to { $high } hours

## A4

map-title = Process map: { $title }
map-kicker = Process map
map-rank = rank
map-score = score
map-records = { $count ->
    [one] 1 record
   *[other] { $count } records
}
map-sameness = { $share }% end the same way
map-language-nl = mostly Dutch
map-language-en = mostly English
map-language-fr = mostly French
map-language-de = mostly German
map-months = Runs by month
map-months-none = The records have no dates.
map-months-says = { $total } runs in { $months ->
    [one] 1 month
   *[other] { $months } months
}, at most { $peak } in one month
map-time = Where the time of one run goes
map-time-none = The records don't show how long it takes.
map-time-touch = Work: { $time }
map-time-waiting = Waiting for someone: { $time }
map-time-rest = Lying idle: { $time }
map-minutes = { $minutes } min
map-kept-hours = { $hours } h
map-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
map-gain = Gain
map-gain-none = Can't be computed: the number of runs or the working time is missing.
map-quotes = In their words
map-notes = Notes
map-more = + { $count } more
map-column-part = Part
map-column-question = Question
map-column-seen = What we saw
map-row-trigger = Trigger
map-row-input = Input data
map-row-steps-now = Steps (now)
map-row-pain = Pain
map-row-steps-then = Steps (then)
map-row-gain = Gain
map-question-trigger = What starts this process?
map-question-input = Which information do you need?
map-question-steps-now = What do people do?
map-question-pain = Where does it go wrong?
map-question-steps-then = What does your orchestrator do?
map-question-gain = What does it bring?
map-nothing = The records say nothing of this:
