package cache

import "errors"

var (
	// ErrDirectory is matched by errors of [Open] about a directory that cannot be used, or not safely.
	ErrDirectory = errors.New("the compile cache's directory cannot be used")

	// ErrEngine is matched by errors of [Open] in builds whose engine cannot be given a cache, or not safely.
	ErrEngine = errors.New("the engine cannot be given a compile cache")

	// ErrClosed is matched by errors of [Cache.Compile] after [Cache.Close].
	ErrClosed = errors.New("the compile cache is closed")
)
