### Playbooks and runs: help, stories, failures.

## Help

help-playbook = Write, check and test playbooks
help-playbook-long =
    Works with playbooks: YAML files in playbooks/<name>/ of the workspace, in the CNCF Open Workflow
    language. A playbook needs no programming: what it can call is listed by `kompel playbook schema`,
    for your editor.
help-playbook-new = Make a new playbook
help-playbook-new-long =
    Makes a new playbook in the workspace: a copy of one that comes with Kompel, or with --from a
    draft made from the process map of a candidate.

      kompel playbook new access-request
      kompel playbook new vpn-reset --like access-request
      kompel playbook new offboarding-draft --from c-7f3a
help-playbook-new--name = Its name: lower-case letters, digits and -
help-playbook-new--from = Draft it from this candidate's process map
help-playbook-new--like = Copy this one that comes with Kompel
help-playbook-check = Check playbooks: what is wrong, where, and what to write instead
help-playbook-check-long = Checks playbooks against the language and the actions that exist here. Each mistake is shown with its line and column and what to write instead. Runs nothing.
help-playbook-check--names = Names or files (default: all of the workspace)
help-playbook-test = Play the cases of playbooks
help-playbook-test-long = Plays every case in cases/*.yaml: an input, scripted replies, and what should come of it. Touches no system; time jumps.
help-playbook-test--names = Names or files (default: all of the workspace)
help-playbook-schema = Print the JSON Schema of playbooks, for your editor
help-playbook-schema-long =
    Prints a JSON Schema of exactly what Kompel supports, every action and its input included.

      kompel playbook schema --out kompel.schema.json
    In VS Code with the YAML extension, put this at the top of a playbook:
      # yaml-language-server: $schema=../../kompel.schema.json
help-playbook-schema--out = Write it to this file
help-playbook-list = List the playbooks
help-playbook-list-long = Lists the workspace's playbooks and those that come with Kompel.

help-run = Run a playbook
help-run-long =
    Starts a run and drives it until it ends or waits. A run that waits for a person or a time goes on
    by itself while `kompel serve` runs, or at the next `kompel run`, `approve` or `resume`.

      kompel run access-request --set person=jan --set group=vpn --set reason="from home"
      kompel run firewall-change --input change.yaml --as jan
help-run--playbook = A playbook's name in the workspace, or its file
help-run--input = The input as a YAML or JSON file; - reads standard input
help-run--set = One value of the input, such as person=jan or ticket.id=42; may be repeated
help-run--requester = Who asks for it (default: the person whose login this is)
help-run--detach = Only start it; whoever drives does the rest
help-rehearse = Show what a playbook would do, and do nothing
help-rehearse-long = Goes through a playbook with this input: what only reads is really read, what would change is only planned, approvals are taken as given. Nothing is changed, nobody is asked.
help-rehearse--playbook = A playbook's name in the workspace, or its file
help-rehearse--input = The input as a YAML or JSON file; - reads standard input
help-rehearse--set = One value of the input, such as person=jan or ticket.id=42; may be repeated
help-rehearse--requester = Who would ask for it
help-runs = List runs, and what waits for people
help-runs-long = Lists the tenant's runs, the newest first, with the approvals and questions that are open.
help-runs--open = Only those that have not ended
help-runs--most = How many at most
help-show = Show the story of a run
help-show-long = Shows what a run did, step by step: what was planned, who approved what, each attempt, what was read back, and how it stands.
help-show--run = The run's id; its beginning will do
help-show--all = Everything that was journalled
help-approve = Approve what a run would do
help-approve-long =
    Says yes to an approval: to exactly the plan that it shows. You prove who you are by the one-time
    code that you got, or by being logged in as a login that kompel.toml gives to that person. The
    requester's own yes never counts. An answer that does not count changes nothing and is recorded.

      kompel approve a-3f1c --as an --code 7K2M-…
help-approve--approval = The approval's id or its run's; the beginning will do
help-approve--person = Who answers (default: the person whose login this is)
help-approve--code = The one-time code
help-approve--plan = The beginning of the hash of the plan that you saw
help-approve--why = Why
help-reject = Refuse what a run would do
help-reject-long = Says no to an approval; the run ends as rejected unless its playbook deals with that.
help-reject--approval = The approval's id or its run's; the beginning will do
help-reject--person = Who answers (default: the person whose login this is)
help-reject--code = The one-time code
help-reject--plan = The beginning of the hash of the plan that you saw
help-reject--why = Why
help-cancel = Stop a run
help-cancel-long = Stops a run. What was done stays done, and is listed.
help-cancel--run = The run's id; its beginning will do
help-cancel--why = Why
help-resume = Try again now what waits for a system
help-resume-long = Tries again now what waits to try a system again, and drives the run on.
help-resume--run = The run's id; its beginning will do
help-retry = Say what became of a step that nobody else can tell of
help-retry-long =
    When a change was sent, no answer came, and the system itself can't tell whether it was done, a
    person must look and say so.

      kompel retry r-4f1c --step 3 --it-was done --why "seen in the console"
      kompel retry r-4f1c --step 3 --it-was not-done --why "not there; do it again"
help-retry--run = The run's id; its beginning will do
help-retry--step = The step's number, as `kompel show` prints it
help-retry--undo_of = If it is about taking back another step: that step's number
help-retry--it_was = done, not-done (it is tried again) or given-up (it stays open)
help-retry--why = Why you say so
help-serve = Drive runs, schedules and timers, and take events in
help-serve-long =
    Drives every tenant's runs, starts what is scheduled, and takes CloudEvents in at
    POST /events/<tenant> (bearer token: `events = "secret://…"` of the tenant). At
    /leavers/<tenant> is the form for leavers (`kompel leavers form`). Stops at Ctrl-C; stopping it
    at any moment, also by force, loses nothing.
help-serve--listen = The address to listen on

## Exit codes

exit-playbook = a playbook has a mistake, or one of its cases fails
exit-not-completed = the run ended, but not as completed
exit-waiting = the run waits for a person, a time or a system
exit-refused = the answer does not count, or the run can't do that now

## Playbooks

playbook-new-next = Next: edit it, then kompel playbook check { $name } and kompel playbook test { $name }
playbook-mistake = A mistake
playbook-warning = Look at this
playbook-well = ✓ { $name }: { $warnings ->
    [0] no mistakes
    [one] no mistakes, { $warnings } warning
   *[other] no mistakes, { $warnings } warnings
}
playbook-unwell = ✗ { $name }: { $errors ->
    [one] { $errors } mistake
   *[other] { $errors } mistakes
}
playbook-tested = { $passed } passed, { $failed } failed
playbook-head-name = Playbook
playbook-head-version = Version
playbook-head-title = What it does
playbook-unreadable = (has mistakes: kompel playbook check)
playbook-shipped = Comes with Kompel (kompel playbook new <name>): { $names }
playbook-left-out = { $file } is left out: { $because }
connection-left-out = Left out: { $because }
draft-head = Draft from the process map of { $id }.
draft-how = Each question to a person can be replaced by an action, one by one; the run stays the same.
draft-summary = Drafted by Kompel from candidate { $id }. A person does each step and says so.

## Plans

plan-nothing = nothing would change
plan-already-so = already so: nothing to change
plan-irreversible = can't be undone
plan-not-whole = the plan ends here; what comes after is not foreseen
rehearsed = This would be done:
rehearsed-nothing-done = Nothing was changed. Plan { $hash }

## Invitations by mail

invite-subject = Kompel asks: { $question }
invite-asks = Hello { $name },

    { $requester } wants this done, and you are asked whether it may be: { $question }
    (run { $run })
invite-plan = Exactly this would be done:
invite-until = Please answer before { $until }.
invite-yes = To approve:
invite-no = To refuse:
invite-code = The code is yours alone and works once. Whoever asks you for it is not Kompel.

## Runs

runs-head-run = Run
runs-head-playbook = Playbook
runs-head-state = State
runs-head-requester = Asked by
runs-head-started = Started (UTC)
runs-approval = ? { $id } ({ $run }) waits for { $people }: { $question }
runs-question = ! { $run }, step { $step } ({ $task }): somebody must look and say what became of it: { $because }. kompel show { $run } says how
runs-missed = ! { $playbook } missed { $count ->
    [one] one of its times
   *[other] { $count } of its times
 } in the past week, the last at { $at } UTC: nothing drove Kompel then (kompel serve does)
story-nothing-drives = Nothing drives runs now. kompel serve does; kompel resume { $run } drives this one for a moment.
run-started = Run { $run }
state-running = running
state-waiting = waiting
state-completed = completed
state-incomplete = incomplete
state-failed = failed
state-rejected = rejected
state-cancelled = cancelled

story-asked = asked by { $who }, { $at } UTC ({ $trigger })
story-asked-again = asked for again by { $who }, { $at } UTC: nothing more was started (kompel audit show)
story-ended = ended { $at } UTC
story-child = started run { $run }
story-attempts = sent { $count } times
story-attempt = sent, attempt { $number }
story-under = approved under { $id }
story-undo = takes back step { $step } by { $action }
story-refused = refused: { $why }
story-unknown = sent, and no answer: { $why }
story-differs = read back, and it is not as it should be: { $why }
story-verified = read back: as it should be
story-decided-done = { $who } says that it was done: { $why }
story-decided-not-done = { $who } says that it was not done: { $why }
story-decided-given-up = { $who } gives it up: { $why }
story-left = step { $step } stays as it is: { $why }
story-asked-people = asked { $people } ({ $count } must say yes): { $question } [{ $id }, plan { $hash }]
story-told = { $who } was told
story-not-told = { $who } could not be told: { $why }
story-escalated = { $people } are asked too
story-yes = { $who } says yes, by { $through } { $why }
story-no = { $who } says no, by { $through } { $why }
story-closed = closed: { $why }

status-running = Going on.
status-completed = Completed: everything that was changed was read back.
status-incomplete = Incomplete. Still open:
status-failed = Failed at { $at }: { $why }
status-rejected = Rejected: { $why }
status-cancelled = Cancelled by { $who }: { $why }
status-done-before = Done before that, and not taken back: { $tasks }
left-asked-person = step { $step } ({ $task }, { $action }): a person must say what became of it: { $why }
left-unknown = step { $step } ({ $task }, { $action }): nobody knows whether it was done: { $why }
left-not-verified = step { $step } ({ $task }, { $action }): done, but not as it should be: { $why }
left-not-done = step { $step } ({ $task }, { $action }): not done: { $why }
left-not-undone = step { $step } ({ $task }, { $action }): not taken back: { $why }
waits-approval = Waits for { $people } until { $until }: kompel approve { $id }
waits-decision = Waits for a person to say what became of step { $step } ({ $task }): { $why }. Look, then: kompel retry { $run } --step { $step }{ $undo } --it-was done|not-done|given-up --why "…"
waits-time = Waits until { $until } UTC.
waits-peer = Waits to try { $action } again at { $until } UTC.
waits-event = Waits for an event: { $types }
waits-run = Waits for playbook { $playbook }.

answer-approved = { $who } approved { $id }.
answer-rejected = { $who } refused { $id }.
answer-refused = That does not count, and it is on record: { $why }
answer-pending = Kept; whoever drives takes it in.

serving = Driving runs; listening on http://{ $address } (Ctrl-C stops)
serving-what-was = kompel.toml or a playbook has changed since: what starts here goes by what was. Stop and start kompel serve.
served = Stopped; nothing is lost.

doctor-connection = connection
doctor-playbook = playbook

## Failures

fail-playbook = { $file } has { $count ->
    [one] a mistake
   *[other] { $count } mistakes
}.
fail-no-playbook = There is no playbook { $name }.
fail-no-playbooks = The workspace has no playbooks.
fail-playbook-name = { $name } can't be a playbook's name: use lower-case letters, digits and -.
fail-playbook-exists = { $folder } exists; it stays as it is.
fail-set = { $pair } can't be part of the input.
fail-input = { $file } can't be read as YAML or JSON.
fail-connection = { $place } can't be used.
fail-no-connector = { $place }: there is no connector { $name }.
fail-scheduled = Tenant { $tenant }: { $name } can't be scheduled.
fail-no-run = There is no run { $id }, or more than one begins so.
fail-no-approval = There is no open approval { $id }.
fail-several-approvals = More than one approval fits { $id }.
fail-steer = Run { $run } can't do that: { $why }
fail-driven = Another kompel drives this workspace.
fail-listen = { $address } can't be listened on.
fail-disk-full = The disk is full or fails: nothing more can be written down, so nothing more is done.
advice-disk-full = Make room and run it again; runs that had begun go on from where they were.
fail-read-only = The workspace is read-only: nothing can be written down, so nothing is done.
advice-read-only = Look at the rights of its folder, and whether its disk is mounted read-only.
fail-run = The run can't be driven.
fail-held = Run { $run } can't go on: { $why }.
advice-held = Nothing was done without being written down. Once that is solved, `kompel resume` or `kompel serve` goes on where it stopped.
advice-playbook-shipped = It comes with Kompel: `kompel playbook new { $name }` puts it in the workspace.
advice-playbooks = `kompel playbook list` lists them; `kompel playbook new <name>` makes one.
advice-playbook-exists = Name another, or change the one that is there.
advice-set = Write name=value, such as person=jan.
advice-connectors = Connectors: { $names }
advice-runs = `kompel runs` lists them.
advice-show = `kompel show { $run }` tells how it stands.
advice-driven = Stop the other one (probably `kompel serve`), or let it do the work.
advice-listen = Choose another with --listen, or stop what listens there.
advice-secret = Write events = "secret://<name>" and `kompel secret set <name>`.
