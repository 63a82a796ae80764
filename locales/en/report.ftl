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
map-time = Where the time goes
map-time-none = The records don't show how long it takes.
map-time-touch = Work: { $time }
map-time-waiting = Waiting for someone: { $time }
map-time-rest = Lying idle: { $time }
map-minutes = { $minutes } min
map-hours = { $hours } h
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

## Pitch

pitch-title = Which process first?
pitch-kicker = Pitch: the top 3
pitch-empty = No other process passes the filter yet.
pitch-no-role = Stands out in none of these, but is in the top 3.
pitch-question-head = The question
pitch-decision = Decision
pitch-none-of-these = none of these
pitch-why = Why
pitch-decider = Who decides
pitch-when = Date
pitch-signature = Signature
pitch-systems = Systems: { $names }
pitch-how = All figures come from the records; a question mark is not known. The process map of each process says where they come from.
role-most-visible = Most visible
role-quickest-win = Quickest win
role-most-secure = Most secure choice
figure-per-year = runs a year
figure-hours = hours a month saved
figure-hours-range = ({ $low } to { $high })
figure-sameness = end the same way
figure-ease = ease
plot-value-ease = Value and ease
plot-value = Value
plot-ease = Ease
plot-best = worth much, easy

## HTML: the hunt

hunt-title = The hunt for hidden processes
hunt-kicker = Kompel
hunt-skip = To the candidates
hunt-contents = Contents
hunt-overview = In short
hunt-funnel = From record to candidate
hunt-funnel-records = Records
hunt-funnel-groups = Groups
hunt-plot = Value and ease
hunt-plot-says = Each dot is a candidate: further right is easier to automate, higher is worth more. The number is its rank; an open dot does not pass the filter.
hunt-pitch = The top 3
hunt-candidates = Candidates
hunt-candidates-none = No candidate was found.
hunt-filter = Search in the titles
hunt-only-qualifying = Only those that pass the filter
hunt-sort-hint = Click a column to sort.
hunt-details = Candidate by candidate
hunt-map-rows = Process map
hunt-origins = Where every number comes from
hunt-gain-factors = How the gain was computed
hunt-ease-factors = How the ease was computed
hunt-rejected = Groups that are no candidates
hunt-rejected-none = No group was rejected.
hunt-rejected-says = The requests are alike, but something else is not right.
hunt-unassigned = Records in no group
hunt-findings = Quality of the data
hunt-findings-none = The readers had nothing to report.
hunt-findings-says = What the readers could not take as it stood, and what they did about it.
hunt-how = Every number comes from the records; names are pseudonyms. This file works without a network.
hunt-qualifies = passes the filter
hunt-qualifies-not = does not pass the filter
hunt-decider = Who decides: { $who }
not-known = not known
factor-spread = { $likely } ({ $low } to { $high })
column-rank = Rank
column-title = Candidate
column-per-year = A year
column-hours = Hours/month
column-sameness = Same end
column-ease = Ease
column-months = By month
column-score = Score
column-why = Reason
column-records = Records
column-examples = Examples
column-finding = Finding
column-effect = Effect
column-count = Count
column-place = Where
column-factor = Factor
column-value = Value
column-origin = Origin
funnel-read = read
funnel-grouped = in a group
funnel-in-candidates = in a candidate
funnel-groups = groups of like requests
funnel-candidates = candidates
funnel-qualify = pass the filter
unassigned-tickets = Tickets
unassigned-messages = Messages
unassigned-answers = Answers
rejected-resolutions-differ = The resolutions differ too much: { $share }% end the same way.
rejected-burst = One outage with many reports ({ $records } records), no process.
rejected-import = Loaded in one go ({ $records } records), no process.
rejected-robot = A robot makes and closes them ({ $records } records); no person is involved.
rejected-noise = No work: announcements, newsletters or automatic replies.
finding-row = row { $row }
finding-bad-encoding = Bytes that are not valid in the file's encoding
finding-bad-row = Row with too many or too few fields
finding-bad-date = Date that can't be read
finding-ambiguous-date = Date whose order of day and month is unsure
finding-bad-number = Number that can't be read
finding-bad-type = Value of another type than expected
finding-missing-key = Record without a key
finding-missing-text = Record without a text
finding-missing-time = Record without a time
finding-duplicate = The same record a second time
finding-too-long = Text or file longer than the limit
finding-too-many = More records, files or nesting than the limit
finding-auto-reply = Automatic reply
finding-signature = Mail signature
finding-quote = Quoted mail
finding-system-message = System message
finding-unknown-file = File that is no part of the export
finding-dangling-reference = Reference to something the export does not hold
effect-kept = kept
effect-repaired = cleaned up
effect-merged = merged
effect-skipped = skipped
