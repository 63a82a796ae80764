-- The audit trail: one append-only Merkle log for the whole installation.

CREATE TABLE audit_entries (
    -- The leaf's place in the tree, from 0.
    place  INTEGER PRIMARY KEY CHECK (place >= 0),
    tenant TEXT NOT NULL,
    -- The how-manieth entry of this tenant, from 0; also part of the body.
    turn   INTEGER NOT NULL CHECK (turn >= 0),
    -- Canonical JSON; its bytes are the leaf.
    body   TEXT NOT NULL,
    UNIQUE (tenant, turn)
) STRICT;

-- Hashes of complete subtrees: what an append and a root need, so that both are O(log n).
CREATE TABLE audit_nodes (
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

-- Texts that an entry names by their salted hash. Erasing one leaves the tree as it is.
CREATE TABLE audit_texts (
    tenant TEXT NOT NULL,
    place  INTEGER NOT NULL REFERENCES audit_entries (place),
    name   TEXT NOT NULL,
    salt   BLOB NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (place, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY,
    at   TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_entries_never_go BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_nodes_never_change BEFORE UPDATE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_nodes_never_go BEFORE DELETE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_texts_never_change BEFORE UPDATE ON audit_texts
BEGIN SELECT RAISE(ABORT, 'texts of the audit trail can only be erased'); END;

CREATE TRIGGER audit_checkpoints_never_change BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_checkpoints_never_go BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
