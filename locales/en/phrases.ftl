### Sentences that `qualify` makes: verdicts, origins of numbers, the A4 and the pitch.
### Each also stands in locales/nl/phrases.ftl, with the same variables.

## Parts used inside other sentences

who-name = { $who ->
    [manager] the manager
    [approver] the approver
    [requester] the requester
    [reporter] the requester
    [client] the client
    [customer] the client
    [user] the user
    [hr] HR
    [security] the security team
    [ciso] the CISO
    [cab] the CAB
    [finance] finance
    [legal] legal
    [network] the network team
    [team] another team
    [teamlead] the team lead
    [team-lead] the team lead
    [lead] the team lead
    [owner] the owner
    [supplier] the supplier
    [vendor] the supplier
    [colleague] a colleague
    [engineer] an engineer
    [director] management
    [management] management
    [someone] someone
   *[other] { $who }
}
day-name = { $detail ->
    [monday] Monday
    [tuesday] Tuesday
    [wednesday] Wednesday
    [thursday] Thursday
    [friday] Friday
    [saturday] Saturday
    [sunday] Sunday
   *[other] { $detail }
}
spread-value = { $range ->
    [none] ?
    [one] { $likely }
   *[many] { $likely } ({ $low } to { $high })
}
spread-share = { $range ->
    [none] ?
    [one] { $likely }%
   *[many] { $likely }% ({ $low }% to { $high }%)
}
answer-count = { $answers ->
    [one] 1 answer
   *[other] { $answers } answers
}

## Frequency

frequency-met = { $per_year } times a year; the threshold is { $threshold }.
frequency-met-weekly = Seen in { $weeks_with_run } of { $weeks } weeks ({ $per_year } times a year); weekly means at least { $weekly_threshold }% of the weeks.
frequency-met-short = { $per_year } times a year at this pace, but only { $weeks ->
    [one] 1 week
   *[other] { $weeks } weeks
} observed; the threshold is { $threshold }.
frequency-met-claimed = { $per_year } times a year according to { answer-count }, not counted; the threshold is { $threshold }.
frequency-not-met = { $per_year } times a year, in { $weeks_with_run } of { $weeks } weeks; the threshold is { $threshold } a year, or weekly.
frequency-not-met-claimed = { $per_year } times a year according to { answer-count }, not counted; the threshold is { $threshold }.
frequency-unknown = The records don't tell how often this happens.
frequency-unknown-short = Observed too briefly to call it rare: { $weeks ->
    [one] 1 week
   *[other] { $weeks } weeks
}, at least { $minimum_weeks } needed.

## Systems

systems-met = Touches { $count } systems: { $names }; the threshold is { $threshold }.
systems-met-script = Touches { $count } systems: { $names }; the threshold is { $threshold }. Beside the ticket that is only { $other }: a script may do.
systems-not-met = Touches only { $names }; the threshold is { $threshold } systems.
systems-none = No system is named often enough; the threshold is { $threshold } systems.
systems-unknown = The records say too little to tell which systems this touches.

## Human factor

human-met = { $count } of { $of } runs ({ $share }%) involve waiting or copy-paste; the threshold is { $threshold }%.
human-met-waiting = Waits for { who-name } { $waiting } times, median { $hours } hours; { $share }% of the runs in all, the threshold is { $threshold }%.
human-met-waiting-untimed = Waits for { who-name } { $waiting } times; { $share }% of the runs in all, the threshold is { $threshold }%.
human-met-copying = Copy-paste { $copied } times; { $share }% of the runs in all, the threshold is { $threshold }%.
human-met-both = Waits for { who-name } { $waiting } times, median { $hours } hours, and copy-paste { $copied } times; { $share }% of the runs in all, the threshold is { $threshold }%.
human-met-both-untimed = Waits for { who-name } { $waiting } times, and copy-paste { $copied } times; { $share }% of the runs in all, the threshold is { $threshold }%.
human-not-met = Waiting or copy-paste in { $count } of { $of } runs ({ $share }%); the threshold is { $threshold }%.
human-unknown = The records don't show whether anyone waits or copies by hand.

## Errors

errors-met = { $count } of { $of } runs ({ $share }%) reopened, redone or corrected; the threshold is { $threshold }%.
errors-not-met = { $count } of { $of } runs ({ $share }%) reopened, redone or corrected; the threshold is { $threshold }%.
errors-unknown = The records don't show whether work is ever redone.

## Names of factors

factor-runs = Runs a year
factor-touch = Minutes of work per run
factor-redone = Share redone
factor-redo = Minutes to redo it
factor-automatable = Share a machine can take over
ease-connectors = Systems with a connector
ease-sameness = Always the same resolution
ease-decisions = Few decisions needed
ease-documentation = Work is described
certainty-sample = Runs seen
certainty-effort = Basis of the work time
certainty-observable = What the records can show
certainty-sameness = Certainty about the resolution
certainty-claimed = Hearsay only, not counted

## Origins of factors

origin-factor-runs = { $basis ->
    [counted] { $runs } runs counted in { $days } days
    [claimed] according to { answer-count }, not counted
   *[unknown] number of runs not known
}
origin-factor-touch = { $basis ->
    [worklog] logged hours ({ $samples } runs)
    [stated] time stated in comments ({ $samples } runs)
    [answers] what people answered ({ $samples })
    [activity] rough estimate from the time between actions ({ $samples } runs)
    [assumed] assumption from the configuration, nothing in the records tells
   *[unknown] work time not known
}
origin-factor-redone = { $basis ->
    [seen] { $count } of { $of } runs reopened, redone or corrected
   *[unknown] not known, so counted as 0
}
origin-factor-redo = { $basis ->
    [seen] measured on the runs that were redone
   *[assumed] assumption from the configuration
}
origin-factor-automatable = assumption from the configuration
origin-ease-connectors = { $basis ->
    [seen] { $count } of { $of } systems
   *[unknown] systems not known, so counted half
}
origin-ease-sameness = { $basis ->
    [seen] the same resolution in { $count } of { $of } runs
   *[unknown] the records don't say how it ends
}
origin-ease-decisions = { $basis ->
    [seen] in { $share }% of the runs someone must decide or answer
   *[unknown] not known whether anyone must decide, so counted half
}
origin-ease-documentation = { $steps ->
    [one] 1 step
   *[other] { $steps } steps
} and { $inputs } kinds of input seen
origin-certainty-sample = { $runs } runs counted
origin-certainty-effort = { $basis ->
    [worklog] logged hours
    [stated] time stated in comments
    [answers] what people answered
    [activity] rough estimate from the time between actions
   *[none] an assumption
}
origin-certainty-observable = the records can answer { $count } of 3 questions (systems, waiting, errors)
origin-certainty-sameness = { $basis ->
    [seen] how alike the resolutions are
   *[unknown] the records don't say how it ends
}
origin-certainty-claimed = nobody counted it, so less certain

## Explanation: a factor with its value and origin

explain-factor-runs = Runs a year: { spread-value }; { origin-factor-runs }.
explain-factor-touch = Minutes of work per run: { spread-value }; { origin-factor-touch }.
explain-factor-redone = Share redone: { spread-share }; { origin-factor-redone }.
explain-factor-redo = Minutes to redo it: { spread-value }; { origin-factor-redo }.
explain-factor-automatable = Share a machine can take over: { spread-share }; { origin-factor-automatable }.
explain-ease-connectors = Ease, systems with a connector: { spread-share }; { origin-ease-connectors }.
explain-ease-sameness = Ease, always the same resolution: { spread-share }; { origin-ease-sameness }.
explain-ease-decisions = Ease, few decisions: { spread-share }; { origin-ease-decisions }.
explain-ease-documentation = Ease, work is described: { spread-share }; { origin-ease-documentation }.
explain-certainty-sample = Certainty, runs seen: { spread-share }; { origin-certainty-sample }.
explain-certainty-effort = Certainty, basis of the work time: { spread-share }; { origin-certainty-effort }.
explain-certainty-observable = Certainty, what can be seen: { spread-share }; { origin-certainty-observable }.
explain-certainty-sameness = Certainty, resolution: { spread-share }; { origin-certainty-sameness }.
explain-certainty-claimed = Certainty, times { spread-share }: { origin-certainty-claimed }.

## Explanation: other numbers

origin-rank = Place { $rank }: first those that pass the filter, then the highest score, then the id.
origin-score = { $score } = value { $value } × ease { $ease } × certainty { $certainty }.
origin-script = Value times { $factor }: there is only one system beside the ticket, a script may do.
origin-errors-bonus = Value raised by { $bonus }%: it goes wrong regularly.
origin-hunt-words = Value raised by { $bonus }%: the requests use words that the hunt looks for ({ $words }).
origin-gate-frequency = Does not pass the filter: frequency.
origin-gate-systems = Does not pass the filter: systems.
origin-gate-human-factor = Does not pass the filter: human factor.
origin-gate-errors = Does not pass the filter: errors.
origin-qualifies = Passes the filter.
origin-below-sameness = Does not pass the filter: the resolutions are not alike enough (at least { $threshold }% needed).
origin-too-few-cases = Does not pass the filter: { $runs } runs counted, at least { $threshold } needed.
origin-burst = { $kind ->
    [outage] Peak on { $day } from an outage: { $records } reports, not counted one by one.
    [import] Loaded in bulk on { $day }: { $records } records, not counted.
   *[robot] Made by a robot from { $day } on: { $records } records, not counted.
}
origin-observed-none = No counted record has a time.
origin-observed = { $days } days in which the sources really held records; gaps are left out.
origin-waiting-hours = Median { $hours } hours between question and answer, over { $count } waiting runs.
origin-waiting-unknown = The records don't show how long people wait.
origin-sameness-plain = { $count } of { $of } runs end the same way; at least { $threshold }% needed.
origin-sameness-unknown = The records don't say how it ends.
origin-sameness-quoted = { $count } of { $of } runs end like “{ $text }”; at least { $threshold }% needed.
origin-gain = Runs a year ÷ 12 × (minutes per run + share redone × minutes to redo) ÷ 60 × share a machine can take over.
origin-members = { $count ->
    [one] 1 record belongs
   *[other] { $count } records belong
} to this process.

## A4: trigger

trigger-ticket = Starts with a ticket from an employee ({ $count } of { $of })
trigger-ticket-from = Starts with a ticket from { who-name } ({ $count } of { $of })
trigger-mail = Starts with a mail that becomes a ticket ({ $count } of { $of })
trigger-mail-from = Starts with a mail from { who-name } ({ $count } of { $of })
trigger-alert = Starts with an alert from monitoring or a robot ({ $count } of { $of })
trigger-chat-ask = Starts with a question in chat ({ $count } of { $of })
trigger-chat-report = Someone does it and says so in chat ({ $count } of { $of })
trigger-calendar = Starts at a fixed moment in the calendar ({ $count } of { $of })
trigger-calendar-weekday = Starts every { day-name } ({ $count } of { $of })
trigger-calendar-monthday = Starts every month, around day { $detail } ({ $count } of { $of })
trigger-answer = Known from { $count ->
    [one] 1 answer
   *[other] { $count } answers
} to the coffee-machine question
trigger-rate = About { $per_year } times a year ({ $runs } runs counted in { $days } days)
trigger-rate-claimed = { $per_year } times a year, people say (not counted)

## A4: input

input-person = The person concerned ({ $count } of { $of } requests)
input-client = Which client ({ $count } of { $of } requests)
input-host = Server or device ({ $count } of { $of } requests)
input-domain = Domain name or web address ({ $count } of { $of } requests)
input-address = IP address or network ({ $count } of { $of } requests)
input-port = Port or protocol ({ $count } of { $of } requests)
input-mail = Mail address ({ $count } of { $of } requests)
input-date = Date ({ $count } of { $of } requests)
input-reference = Ticket or change number ({ $count } of { $of } requests)
input-group = Group, role or licence ({ $count } of { $of } requests)
input-number = Amount or other number ({ $count } of { $of } requests)

## A4: steps now

step-now = { $number }. { $text } ({ $count } of { $of })
step-now-in = { $number }. { $text } – in { $systems } ({ $count } of { $of })
step-now-waiting = { $number }. Waiting time: { $text } ({ $count } of { $of })
step-end = Ends with: “{ $text }” ({ $count } of { $of })
step-done-manual = Closed as “done manually”: { $count } of { $of }

## A4: pain

pain-waiting = Waits for { who-name }: { $count } of { $of } runs, median { $hours } hours
pain-waiting-working = Waits for { who-name }: { $count } of { $of } runs, median { $hours } hours ({ $working } working hours)
pain-waiting-untimed = Waits for { who-name }: { $count } of { $of } runs
pain-copying = Retyping or copy-paste: { $count } of { $of } runs
pain-handovers = Handed to another person or team: { $count } of { $of } runs
pain-ping-pong = Sent back and forth: { $count } of { $of } runs
pain-rework = Had to be redone: { $count } of { $of } runs ({ $share }%), of which { $reopened } reopened and { $corrected } corrected
pain-escalated = Escalated: { $count } of { $of } runs
pain-missed-weeks = Not seen in { $count } of { $of } weeks: forgotten, or not written down?
pain-missed-months = Not seen in { $count } of { $of } months: forgotten, or not written down?

## A4: steps with the orchestrator

then-start-ticket = { $number }. Starts as soon as the ticket comes in
then-start-mail = { $number }. Starts as soon as the mail comes in
then-start-alert = { $number }. Starts as soon as the alert comes in
then-start-chat = { $number }. Starts from a message in chat
then-start-calendar = { $number }. Starts by itself, by the calendar
then-start-unknown = { $number }. Starts from a form
then-input = { $number }. Reads the input from the request and asks for what is missing
then-input-collect = { $number }. Collects the input it needs
then-approval = { $number }. Asks { $who ->
    [someone] for the approval or information needed
   *[other] { who-name } for approval or information
} and sends reminders
then-action = { $number }. Does it in { $system } (connector { $connector })
then-action-by-hand = { $number }. Task for a person in { $system }, with proof (no connector yet)
then-action-unknown = { $number }. Task for a person, with proof (system not known)
then-verify = { $number }. Reads back from { $systems } whether it worked
then-verify-proof = { $number }. Checks that every task is done, with proof
then-close = { $number }. Writes the result in { $system } and closes the ticket
then-report = { $number }. Reports the result

## A4: gain

gain-hours = { $likely } hours of work saved a month ({ $low } to { $high })
gain-hours-assumed = { $likely } hours of work saved a month ({ $low } to { $high }), with an assumed work time per run
gain-waiting = Less waiting: now a median of { $hours } hours, in { $count } of { $of } runs
gain-errors = Fewer errors: now { $share }% of the runs are redone
gain-script-may-do = Note: there is only one system beside the ticket, a script may do

## A4: for a person to fill in

blank-trigger = What starts this process?
blank-owner = Who owns this process?
blank-rate = How often does this happen?
blank-input = What information do you need?
blank-rights = Which rights are needed, and who grants them?
blank-steps-now = What do people do now, step by step?
blank-done = When is it really done, and who checks?
blank-pain = Where does it go wrong?
blank-exceptions = Which exceptions must the orchestrator never handle by itself?
blank-hours = How many hours a month does this take now?
blank-worth = What is this worth to the team or the client?

## Pitch

pitch-most-visible = Most visible: { $per_year } times a year.
pitch-most-visible-waiting = Most visible: { $per_year } times a year, and { $share }% of those wait for { who-name }.
pitch-quickest-win = Quickest win: { $count ->
    [0] no connector yet, but
   *[other] a connector for { $count } of { $of } systems, and
} { $sameness }% end the same way.
pitch-quickest-win-unsure = Quickest win: { $count ->
    [0] no connector yet, but the easiest of the three
   *[other] a connector for { $count } of { $of } systems
}.
pitch-most-secure = Highest security value: { $theme ->
    [leavers] a leaver's account left open is a leak
    [firewall] one wrong firewall rule leaves the door open
    [access] rights too wide or forgotten are a risk
    [identity] it is about accounts and identities
    [certificates] an expired certificate takes a service down
    [evidence] no audit without evidence
    [backup] a backup nobody checked is no backup
    [patching] a hole left open is abused sooner or later
   *[vpn] it is about access from outside
}.
organisation-name = { $organisation ->
    [none] you
   *[other] { $organisation }
}
process-count = { $count ->
    [one] 1 process
   *[other] { $count } processes
}
pitch-question = I found { process-count }. Process { $visible_letter } ({ $visible_title }) is the most visible, but Process { $quick_letter } ({ $quick_title }) is technically simpler for a quick win. Which has the highest priority for { organisation-name }?
pitch-question-secure = I found { process-count }. Process { $visible_letter } ({ $visible_title }) is both the most visible and technically the simplest, but Process { $secure_letter } ({ $secure_title }) has the highest security value. Which has the highest priority for { organisation-name }?
pitch-question-both = I found { process-count }. Process { $visible_letter } ({ $visible_title }) is both the most visible and technically the simplest. Which has the highest priority for { organisation-name }?
pitch-question-one = I found { process-count } that passes the filter: { $visible_title }. Shall we start with it, for { organisation-name }?
pitch-question-plain = I found { process-count }. Which has the highest priority for { organisation-name }?
pitch-none = No process passes the filter yet.
