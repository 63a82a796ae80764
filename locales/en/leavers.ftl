### Leavers: the matrix, the report, what is still open.

## Help

help-leavers = Show everyone who leaves in every system
help-leavers-long =
    Shows all leavers of the tenant and all its systems as one table, from what the offboarding runs
    read, did and read again: ✓ closed, ✓ʰ closed by hand by its owner, – not there, ✗ open, ✗ʰ still
    to be closed by hand, ! no answer, ? not asked. Below it stands what is open and whose turn it is.

      kompel --tenant acme leavers
      kompel --tenant acme leavers add --name "Jan Janssen" --mail jan@acme.example --by petra
help-leavers--open = Only leavers of whom something is open
help-leavers-add = Start the offboarding of a person, once
help-leavers-add-long =
    Starts the playbook offboarding for a person. If their offboarding is under way or completed, says
    so and starts nothing; with --again it starts one more. The exit code is the run's, as for
    `kompel run`. The name alone is not enough: two people may have it.
help-leavers-add--name = The name as people write it
help-leavers-add--mail = A mail address; may be repeated
help-leavers-add--login = A login; may be repeated
help-leavers-add--last_day = The last day of work; what is to be closed is closed after it
help-leavers-add--by = Who asks for it, by the short name in kompel.toml; their own yes never counts
help-leavers-add--reason = Why, for the report
help-leavers-add--again = Start one more, although there is one

## The matrix

leavers-reading = Reading runs
leavers-none = There are no leavers.
leavers-head-name = Leaver
leavers-head-state = State
leavers-head-run = Run
leavers-legend = ✓ closed  ✓ʰ closed by hand  – not there  ✗ open  ✗ʰ to be closed by hand  ! no answer  ? not asked
state-taken-back = taken back
leavers-started = Offboarding started as { $run }: { $state }.
leavers-started-before = There is an offboarding of this person already, { $run }: { $state }. Nothing was started; --again starts one more.
leavers-open-account = { $system }: the account { $login } can still be used
leavers-open-kept = { $system }: something had to stay as it was
leavers-open-unknown = { $system }: nobody knows whether it was done
leavers-open-by-hand = { $system }: still to be closed by hand
leavers-open-no-answer = { $system }: did not answer
leavers-open-doubtful = { $system }: accounts that may be theirs or somebody else's
leavers-open-approval = An approval is open
leavers-open-run = The run did not come to its end
leavers-turn = Turn of { $people }
leavers-turn-time = The run goes on by itself at { $at } UTC
leavers-turn-operator = Turn of whoever operates Kompel

## Failures

fail-no-last-day = Playbook { $playbook } takes no last day: it closes as soon as it is approved.
advice-no-last-day = Leave --last-day out and start on the day itself, or take the newer playbook: `kompel playbook new offboarding`.

## The report: frame

leaver-title = Offboarding report: { $name }
leaver-kicker = Offboarding report
leaver-page = page
leaver-page-of = of
leaver-utc = All times are in UTC.
leaver-all-closed = Every account is closed, and was read back closed
leaver-under-way = Under way: not finished yet
leaver-taken-back = Taken back: the accounts were given back
leaver-not-closed = Not closed: something is still open
leaver-summary = { $closed } of { $accounts ->
    [one] { $accounts } account
   *[other] { $accounts } accounts
} closed, as of { $at } UTC.
leaver-figure-accounts = accounts
leaver-figure-proven = changes read back
leaver-figure-by-hand = closed by hand
leaver-figure-open = open

## The report: sections

leaver-section-requested = Requested
leaver-section-approved = Approved
leaver-approved-none = No approval was asked.
leaver-section-glance = Every account, before and after
leaver-glance-none = No system that was asked knows this person.
leaver-section-done = Done, account by account
leaver-done-none = Nothing had to be changed.
leaver-not-done-yet = Nothing was done to it.
leaver-section-by-hand = Closed by hand
leaver-section-absent = Asked, and no account there:
leaver-section-silent = Did not answer when last asked:
leaver-section-other = Other changes of this run
leaver-section-open = Still open
leaver-open-none = Nothing.
leaver-section-evidence = Evidence
leaver-trail-none = The audit trail has no entry of this run.

## The report: columns

leaver-column-system = System
leaver-column-login = Account
leaver-column-before = Before
leaver-column-after = After
leaver-column-standing = Stands
leaver-column-step = Step
leaver-column-when = When
leaver-column-what = What
leaver-column-came-of-it = Read back
leaver-column-owner = Owner
leaver-column-who = Who
leaver-column-proof = Answer and proof
leaver-column-place = Entry

## The report: what was asked and approved

leaver-asked-by = Asked by
leaver-asked-at = Asked at
leaver-asked-through = Through
leaver-last-day = Last day
leaver-reason = Reason
leaver-run = Run
leaver-playbook = Playbook
leaver-ended = Ended
leaver-not-ended = not yet
leaver-state = State
leaver-approval-id = Approval
leaver-approval-asked = Asked at
leaver-approval-people = Asked of
leaver-approval-plan = Plan
leaver-approval-steps = { $count ->
    [one] { $count } step that changes something
   *[other] { $count } steps that change something
}
leaver-approval-why = Why again
leaver-approval-changed = the plan had changed
leaver-approval-came-of-it = Came of it
leaver-approval-open = still open
leaver-approval-no-answer = nobody answered in time
leaver-approval-withdrawn = not wanted any more, or nobody could be asked
leaver-plan-hash = Plan's SHA-256
leaver-yes = { $who } said yes, { $at }, by { $through }.
leaver-no = { $who } said no, { $at }, by { $through }.

## The report: accounts

leaver-by-hand = not connected
leaver-not-read-again = not read again
leaver-account-enabled = can be used
leaver-account-disabled = closed
leaver-account-gone = gone
leaver-account-unknown = not told
leaver-sessions = { $count ->
    [one] { $count } live session
   *[other] { $count } live sessions
}
leaver-nothing = nothing
leaver-true = yes
leaver-false = no
leaver-more = + { $count } more, in the JSON
leaver-under = under approval { $id }
leaver-meant = meant: { $change }
leaver-attempts = sent { $count } times
leaver-deed-verified = done, as promised
leaver-deed-already = was so already
leaver-deed-taken-back = taken back
leaver-deed-under-way = under way
leaver-deed-unknown = nobody knows
leaver-deed-not-verified = not as promised
leaver-deed-failed = not done
leaver-standing-closed = closed
leaver-standing-closed-by-hand = closed by hand
leaver-standing-not-there = not there
leaver-standing-open = open
leaver-standing-open-by-hand = to be closed by hand
leaver-standing-no-answer = no answer
leaver-standing-not-asked = not asked
leaver-no-owner = nobody
leaver-hand-yes = { $who } says that it is closed, { $at }, by { $through }.
leaver-hand-no = { $who } says that it is not closed, { $at }, by { $through }.
leaver-hand-asked = Asked { $at }; no answer yet.
leaver-hand-not-asked = Not asked yet.

## The report: evidence

leaver-how-to-check = This page is made of the report's JSON, whose SHA-256 stands below and at the foot of each page; sha256sum on that file gives the same. The run's entries are in the audit trail; kompel audit verify on an export of it finds any entry that was changed, removed or swapped.
leaver-playbook-digest = Playbook's SHA-256
leaver-sha256 = Report's SHA-256
leaver-trail-says = Audit trail (RFC 6962), root of the tree of the first { $size } entries:
leaver-signed = The first signed checkpoint that covers them:
leaver-not-signed = No checkpoint that covers them has been signed yet: kompel audit checkpoint signs one.

## Report and audit: help and answers

exit-still-open = an account of someone who left can still be used, or it can't be told whether one can
help-leavers-report = Write the report of one leaver, for HR, the client and an auditor
help-leavers-report-long =
    Shows what was asked, who approved exactly which plan, what each account was before, what was done
    and when, what was read afterwards, what people closed by hand and by which proof, what is open
    and whose turn it is, and where the audit trail has it. With --pdf it writes A4 pages and, beside
    them, the JSON they are made of; the SHA-256 of that JSON stands on every page.

      kompel --tenant acme leavers report jan@acme.example --pdf jan.pdf --lang nl
help-leavers-report--whose = The run's id or its beginning, or the leaver's address, login or name
help-leavers-report--pdf = Write it as a PDF, and the JSON beside it
help-leavers-audit = Look whether anyone who left can still log in anywhere
help-leavers-audit-long =
    Asks every connected system after everyone who left: those of the offboarding runs, and with
    --from those of a list (CSV with a header: name, mail, login, last day; Dutch heads do too). Only
    reads. Ends with exit code 13 if an account can still be used, or if a system does not answer, a
    person can't be told from another, or a row can't be read: then it can't be told.

      kompel --tenant acme leavers audit --from leavers-2025.csv
help-leavers-audit--from = A list of people who left, as CSV
leavers-report-hash = SHA-256 of the JSON, as printed on the pages: { $hash }
leavers-report-next = For the whole story: kompel leavers report { $run } --pdf report.pdf
leavers-asking = Asking the systems
leavers-audit-head-name = Who
leavers-audit-head-days = Days
leavers-audit-head-last-day = Last day
leavers-audit-head-system = System
leavers-audit-head-login = Account
leavers-audit-head-state = Now
leavers-audit-silent = ! { $name }: { $connection } does not answer: { $because }
leavers-audit-two = ! { $name }: more than one person in { $connection } may be meant; give a mail address or a login
leavers-audit-not-connected = Nobody can ask these; their owners must look: { $systems }
leavers-audit-counts = Asked after { $people ->
    [one] { $people } person
   *[other] { $people } people
}: { $closed ->
    [one] { $closed } account
   *[other] { $closed } accounts
} closed, { $open } still open.
leavers-row-unreadable = ! { $file }, row { $row }: can't be read as CSV
leavers-row-no-columns = ! { $file }: no column is called name, mail or login
leavers-row-nobody = ! { $file }, row { $row }: names nobody
leavers-row-no-date = ! { $file }, row { $row }: the last day is no date (2026-11-28 or 28/11/2026)
leavers-row-too-many = ! { $file }: too long; what comes from row { $row } on was not read
fail-no-leaver = There is no leaver { $name }.
fail-several-leavers = More than one leaver fits { $name }.
advice-leavers = `kompel leavers` lists them, with their runs.
