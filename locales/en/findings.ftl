## What a reader found: the particulars of a finding

detail-as-kept = { $text }
detail-more = and { $count } more of this kind

detail-archive-damaged = the archive is damaged here ({ $error })
detail-no-utf8 = bytes that are no UTF-8: export as UTF-8
detail-bytes-replaced = bytes that are no text were replaced
detail-empty-file = an empty file
detail-json-breaks-off = the JSON breaks off here: export it again, whole
detail-json-broken = line { $line } is broken JSON, from character { $column } on
detail-xml-broken = the XML is broken here: what follows could not be read
detail-no-object = an object was expected here
detail-cells = { $cells ->
    [one] { $cells } cell
   *[other] { $cells } cells
} where the header has { $header }
detail-open-quote = a quote that is not closed: { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
} read as one cell

detail-limit-rows = more than { $limit } rows: what follows was left out; split the export
detail-limit-messages = more than { $limit } messages: what follows was left out; split the export
detail-limit-objects = more than { $limit } objects: what follows was left out; split the log
detail-limit-traces = more than { $limit } traces: what follows was left out; split the log
detail-cut = { $size } bytes cut to { $limit }
detail-cut-at = cut at { $limit } bytes
detail-entries-cut = { $count } entries on one ticket cut to { $limit }
detail-events-cut = more than { $limit } events: the rest was left out

detail-date = { $value } is no date: use yyyy-mm-dd hh:mm
detail-no-date = no date that can be read
detail-no-time = no time that can be read
detail-number = { $value } is no whole number
detail-dates-open = day or month first: nothing tells; { $order ->
    [month] read as month first
   *[day] read as day first
}
detail-dates-mixed = day or month first: both orders occur; { $order ->
    [month] read as month first
   *[day] read as day first
}

detail-issue-no-key = an issue without its key
detail-issue-no-fields = an issue without its fields
detail-record-no-number = a record without its number
detail-request-no-id = a request without its id
detail-ticket-no-id = a ticket without its id
detail-row-no-key = a row without its key
detail-records-no-text = { $count ->
    [one] a record that does not say what it is about
   *[other] records that do not say what they are about
}
detail-records-no-time = { $count ->
    [one] a record without the time it was made
   *[other] records without the time they were made
}
detail-same-row = the same row as another
detail-same-key = the same key as another row: the later updated stays
detail-rows-joined = several rows of one record, joined to its history
detail-transaction-joined = a transaction joined to its ticket
detail-transaction-alone = a transaction of a ticket that is not in the export
detail-auto-reply = an automatic reply
detail-quote = a quoted thread was left out
detail-signature = a mail signature was left out

detail-message-no-id = a message without id
detail-message-no-text = a message without text
detail-deleted = a deleted message
detail-notice = a notice of the system
detail-notice-kind = a notice of the system ({ $kind })
detail-same-message = the same message a second time
detail-no-messages = no JSON array of messages: export again
detail-holds-no-messages = no part of the export that holds messages
detail-no-users = no user can be read: messages keep the users' ids
detail-unknown-user = a user that users.json does not hold
detail-no-entries = no dated entries in it
detail-entry-no-text = an entry without text
detail-entry-no-time = no date above it, or no HH:MM at its start

detail-no-chore = no chore in it

detail-event-empty = an event without its activity or time
detail-events-nameless = { $count ->
    [one] { $count } event without name or time was left out
   *[other] { $count } events without name or time were left out
}
detail-trace-nameless = a trace without concept:name: numbered by its place
detail-trace-twice = a second trace of the same name: its events join the first's
detail-same-object = the same object a second time
