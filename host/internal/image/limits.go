package image

const (
	// MaxSize is the largest image in bytes. Below 2³¹ every offset fits a
	// signed 32-bit integer, so a wasm32 guest and a 32-bit host need no wider
	// arithmetic; it is also half of what a guest can address at all.
	MaxSize = 1<<31 - sectionAlign

	// MaxRows is the most rows of one table. A table without columns takes no
	// bytes for its rows, so a forged count would otherwise cost a reader two
	// thousand million turns of a loop. World-wide catalogues need some 10⁵.
	MaxRows = 1 << 24

	// MaxTables and MaxColumns bound what Map decodes to the heap for a
	// directory it has not verified: about 1 MiB in all. Catalogues need tens
	// of tables and hundreds of columns.
	MaxTables  = 1 << 10
	MaxColumns = 1 << 13

	// maxKind is the width of the kind field in the header.
	maxKind = 16
)
