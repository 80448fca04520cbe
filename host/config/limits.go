package config

const (
	// maxFileBytes bounds a configuration, and a file of settings: people write them by hand.
	maxFileBytes = 1 << 20
	// maxFileNodes bounds the values in one, aliases expanded.
	maxFileNodes = 50_000
	// maxParents bounds the walk upward: a path a system can open has far fewer parts.
	maxParents = 4096
)
