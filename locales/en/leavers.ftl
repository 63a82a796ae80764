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
leavers-open-approval = An approval is open
leavers-open-run = The run did not come to its end
leavers-turn = Turn of { $people }
leavers-turn-operator = Turn of whoever operates Kompel

## Failures

fail-no-last-day = Playbook { $playbook } takes no last day: it closes as soon as it is approved.
advice-no-last-day = Leave --last-day out and start on the day itself, or take the newer playbook: `kompel playbook new offboarding`.
