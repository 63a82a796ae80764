### Audit trail, secrets, backup: help, results, failures.

exit-unsound = the audit trail or a backup is not what was written

## Help

help-audit = Show, export and verify the audit trail
help-audit-long =
    Every decision, reveal, approval, attempt and check leaves an entry in one log that can only
    grow: each entry is a leaf of a Merkle tree (RFC 6962) whose root is signed. Whoever holds the
    public key (kompel.audit-key.pub) can verify an export, without Kompel's database and offline.

      kompel audit export trail.jsonl
      kompel audit verify trail.jsonl --key kompel.audit-key.pub
      kompel audit checkpoint --out 2026-08.checkpoint     (keep it elsewhere)
      kompel audit verify trail.jsonl --checkpoint 2026-08.checkpoint
help-audit-show = Show the tenant's last entries
help-audit-show-long = Shows the tenant's last entries, the newest at the bottom: place in the log, when, what, who, and what belongs to it.
help-audit-show--last = How many
help-audit-export = Write the trail as one file that can be verified anywhere
help-audit-export-long = Writes the tenant's entries in full and those of other tenants as hashes only, so that the whole can be verified and nothing of others is told but how many entries they have. With --all every tenant's entries are in full.
help-audit-export--all = The entries of all tenants
help-audit-export--out = The file's name
help-audit-checkpoint = Sign the trail as it is now
help-audit-checkpoint-long = Checks the trail, signs its size and root, and prints the signed checkpoint (C2SP tlog-checkpoint). Kept elsewhere, with an auditor or in a mailbox, it proves later that nothing before it was removed or rewritten, not even by whoever runs Kompel.
help-audit-checkpoint--out = Write it to this file
help-audit-verify = Verify an export, or the workspace's own trail
help-audit-verify-long =
    Verifies an export with the public key alone, or without a file the workspace's own trail. Finds
    every change, deletion, swap and truncation of an export. That whoever holds the private key cut
    or rewrote the log and signed it anew shows only against a checkpoint that was kept elsewhere
    (--checkpoint). Ends with exit code 8 if anything does not hold.
help-audit-verify--export = The export (default: the workspace's own trail)
help-audit-verify--key = The public key, or a file that holds it (default: the workspace's)
help-audit-verify--checkpoint = A checkpoint that was kept elsewhere

help-secret = Keep passwords and keys, encrypted
help-secret-long =
    Secrets stand in kompel.secrets.age, encrypted with the key in kompel.age-key; kompel.toml names
    them as secret://name. A variable of the environment goes first: KOMPEL_SECRET_AD_PASSWORD is
    secret://ad-password of the tenant `default`, KOMPEL_SECRET_ACME__AD_PASSWORD that of `acme`.
    Each tenant has its own secrets. No value is ever printed, logged or kept elsewhere.

      kompel secret set ad-password --tenant acme          (asks for it, unseen)
      pass show acme/ad | kompel secret set ad-password --tenant acme
help-secret-set = Keep a secret, or replace it
help-secret-set-long = Asks for the value without showing it, or reads it from standard input when that is no terminal; the last line break does not count. At least 6 bytes, so that it can be kept out of texts.
help-secret-set--name = Its name: letters, digits, '-', '_', '.'
help-secret-list = Show the names, and when each was set
help-secret-list-long = Shows the names of the tenant's secrets in the encrypted file, and when each was set; never a value.
help-secret-remove = Remove a secret
help-secret-remove-long = Removes a secret from the encrypted file.
help-secret-remove--name = Its name
help-secret-rotate = Encrypt all secrets anew with a new key
help-secret-rotate-long = Makes a new key, encrypts the secrets of all tenants with it and drops the old key. The old key opens copies made before; change the secrets themselves if it leaked.

help-backup = Make a checked copy of the workspace
help-backup-long = Copies database, configuration, encrypted secrets, playbooks and files into a new folder while others may go on working, and checks the copy: every file, the database, the audit trail. Private keys stay out unless --with-keys; keep them in another safe place.
help-backup--out = The folder to make
help-backup--with_keys = Put the private keys in it: whoever has the backup can then open everything
help-restore = Make a workspace from a backup
help-restore-long = Checks the backup and puts its files into a folder without a database. Nothing is overwritten: keys that are there already are used.
help-restore--backup = The backup's folder
help-restore--folder = The folder (default: this one)

## Results

init-kompel-audit-key = the key that signs the audit trail; keep it to yourself
init-kompel-audit-key-pub = its public half, for auditors

audit-empty = No entries yet.
audit-erased = (erased)
audit-exported = { $count } entries in full. To verify it elsewhere: kompel audit verify <file> --key { $key }
audit-checkpoint-keep = Keep this where this machine can't change it: with an auditor, in a mailbox.
audit-sound = { $of }: sound. { $size } entries: { $shown } shown, { $hidden } as hashes only, { $erased } texts erased.
audit-kept = It goes on from the kept checkpoint of { $size } entries.
audit-no-kept = No kept checkpoint given (--checkpoint): that a later end was cut off and signed anew can't be told.
audit-unsound = { $of }: NOT sound.
audit-problem-where = { $line ->
    [none] { $place ->
        [none] {""}
       *[other] entry { $place }:{" "}
    }
   *[other] line { $line }{ $place ->
        [none] {""}
       *[other] , entry { $place }
    }:{" "}
}
audit-unreadable = altered, or no part of the trail
audit-other-key = made by another installation than the key's
audit-wrong-place = entries are missing, doubled or swapped: entry { $expected } should be here
audit-wrong-turn = entries of this tenant are missing, doubled or swapped: its number { $expected } should be here
audit-wrong-leaf = the entry was changed
audit-wrong-text = a text was changed
audit-wrong-tenant = an entry that does not belong in this export, or is hidden in it
audit-wrong-root = the entries are not those that were signed
audit-wrong-size = entries are missing or too many: there should be { $expected }
audit-bad-checkpoint = the checkpoint is not signed with this key
audit-bad-seal = the export was changed after it was made
audit-cut-off = the export ends too early
audit-trailing = something was added after the end
audit-bad-kept = the kept checkpoint is not signed with this key
audit-shorter-than-kept = the trail has fewer entries than a checkpoint signed before: it was cut off
audit-other-than-kept = the trail's beginning is not what a checkpoint signed before: it was rewritten

secret-ask = Value of { $name } (not shown):
secret-set = Kept { $name }. In kompel.toml: secret://{ $name }
secret-replaced = Replaced { $name }.
secret-none = No secrets in the encrypted file.
secret-removed = Removed { $name }.
secret-rotated = A new key. Secrets encrypted anew: { $count }.
secret-rotated-next = Copy kompel.age-key anew to where you keep keys.

progress-backup = Copying and checking…
backup-made = Backup in { $folder }: { $files } files and { $entries } audit entries, checked.
backup-with-keys = It holds the private keys: keep it as safe as they are.
backup-without-keys = Without private keys: keep kompel.key, kompel.audit-key and kompel.age-key in another safe place, or names and secrets in it open nowhere.
restored = Restored in { $folder }: as of { $at }, { $entries } audit entries, checked.
restored-lacking = Lacking: { $file }. Put it back from where you keep keys.
restored-next = Next: kompel doctor

doctor-audit-key = audit key
doctor-audit-trail = audit trail
doctor-checkpoint = last checkpoint
doctor-checkpoint-none = none yet: kompel audit checkpoint
doctor-checkpoint-of = { $size } of { $entries } entries, { $at }
doctor-secrets = secrets
doctor-secrets-of = { $file } ({ $kept }), environment ({ $variables })
doctor-secrets-none = none kept yet
doctor-reference = secret
doctor-reference-unknown = nowhere to be found: kompel secret set { $name } --tenant { $tenant }

## Failures

fail-exists = Something is in the way.
fail-backup = The backup is damaged; nothing was restored from it.
fail-trail = The audit trail is not what was signed before.
fail-audit-key = That is no public key of an audit trail.
fail-audit-no-key = The public key is not known.
fail-no-secret = There is no secret { $name } in the encrypted file.
fail-secret-name = That can't be a secret's name.
fail-secret = A secret is not to be found.
fail-secret-short = The secret is too short.
fail-secret-place = A secret stands where none can be.
fail-secrets-key = The secrets don't open.
fail-secret-input = The secret can't be read.
fail-secret-large = The secret is larger than 1 MiB.
advice-exists = Name another place; nothing is overwritten.
advice-backup = Use another backup; `kompel restore` checks before it writes.
advice-trail = `kompel audit verify` tells where.
advice-audit-no-key = Give it with --key: the text in kompel.audit-key.pub, or that file.
advice-secret-list = `kompel secret list` shows the names.
advice-secret-name = Use 1 to 64 letters, digits, '-', '_' or '.'. The value is asked for, never an argument.
advice-secret-set = `kompel secret set <name>` keeps one; `kompel doctor` shows what is lacking.
advice-secret-short = Use at least 6 bytes: shorter ones can't be kept out of texts.
advice-secret-place = Give it as the whole value of a setting: password = "secret://name".
advice-secrets-key = Is kompel.age-key the one that kompel.secrets.age was made with?
