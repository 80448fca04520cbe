// Package cache keeps compiled guests on disk, sealed, so that a host that starts again need not compile them again.
//
//	c, err := cache.Open(dir, cache.Options{})          // on an error: c = cache.InMemory(), and say so
//	rt := wazero.NewRuntimeWithConfig(ctx, config.WithCompilationCache(c.Engine()))
//	compiled, err := c.Compile(ctx, rt, module)         // from memory, from disk, or compiled and kept
//
// The engine's own cache believes its files: a bit that flips in one crashes, hangs or changes what a guest answers.
// Here nothing reaches the engine unless it was read whole and its tag fits. The engine is handed bytes in
// memory, never a file, so nothing lies between the check and the use. Whatever is wrong with an entry, the module
// is compiled again and the entry replaced; it is no error, and [Stats] counts it.
//
// The directory is mode 0700 and ours. In it:
//
//	key             32 random bytes, mode 0600, made when first needed
//	<64 hex digits> an entry: magic and version, what the engine wrote, HMAC-SHA256 under the key
//	tmp-*           a file that is being written, locked by who writes it
//
// An entry's name is a digest of all it may be used for: the engine's key (the module's bytes, how it is to be
// compiled and the features of the processor), the engine's version, Go's, the operating system, the architecture and
// the version of this format. The tag covers the name, so an entry that is renamed fits nowhere.
//
// This protects against accidents (bits that rot, files cut short by a full disk or a crash), against other users,
// against entries that were swapped or come from another directory, and against entries put into a shared or restored
// volume by somebody who has not read its key. It does not protect against who can read the key, which is whoever
// runs as the same user or holds a copy of the whole directory, nor against an older entry of the same name that
// was put back: that one was compiled from the same module by the same engine. On systems without the owners and
// modes of Unix, keeping others away from the directory is left to its access control list.
//
// Where the engine has no compiler, it keeps nothing, and so does the directory.
//
// Processes share a directory without waiting for each other. An entry appears by being renamed; who is killed
// leaves at most a tmp file, and the lock on it goes with the process, so that who opens the directory
// a minute later or more removes it. Beyond [Options.Size] the entries used longest ago go first; who is reading one reads on.
package cache
