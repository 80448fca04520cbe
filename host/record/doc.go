// Package record keeps decisions with everything that went into them, and decides them again.
//
//	store, err := record.Create(dir)
//	d, err := store.Decide(ctx, h, req)          // decide, and keep what it takes to decide again
//
//	store, err := record.Open(dir)
//	d, err := store.Decision(id)
//	again, err := store.Replay(ctx, d)           // again.Same(), or what differs
//
// A [Store] is a directory that any number of processes may write to at once, and be killed at: whatever is
// there under its name is whole. Snapshot, policies and request are objects named by the SHA-256 of their
// bytes, so that what many decisions share is kept once. docs/record.md describes the files.
package record
