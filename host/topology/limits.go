package topology

import "github.com/bailiwick-dev/bailiwick/host/internal/image"

// Limits on what is read and compiled. They are far above any real catalogue; they exist so that a
// hostile or broken input ends in an error instead of taking the machine.
const (
	// maxFileBytes bounds one topology file: 100 000 sites as CSV are about 8 MiB.
	maxFileBytes = 128 << 20
	// maxFileNodes bounds the values in one file: 100 000 rows of 20 columns are 2 million.
	maxFileNodes = 16 << 20
	// maxFiles bounds the files of one directory tree.
	maxFiles = 10_000
	// maxSites keeps row numbers far inside 32 bits and bit sets affordable.
	maxSites = 1 << 20
	// maxRegions bounds the dense RTT matrix: 4096² whole microseconds are 64 MiB.
	maxRegions = 4096
	// maxZoneKm is how far a zone may be from its parent without saying `remote: true`.
	maxZoneKm = 1000
	// maxEditions bounds the images that one dated topology compiles to, each of the size of the whole.
	maxEditions = 64
	// maxEditionRows is how many bytes of an edition go into one column: as many as a column may have.
	maxEditionRows = image.MaxRows
	// maxEditionBytes bounds an edition as the image that holds it is bounded.
	maxEditionBytes = image.MaxSize
	// maxSpanHubs bounds the regions between which a sparse backbone is inferred: 256 are 32 640 pairs, half a
	// second where many of them take a search (BenchmarkSpans). Beyond it every path is taken to be direct.
	maxSpanHubs = 256
	// maxErrors bounds what one broken topology reports; each suggestion searches every known name.
	maxErrors = 100
	// maxBlocDepth bounds chains of blocs inside blocs.
	maxBlocDepth = 8
)
