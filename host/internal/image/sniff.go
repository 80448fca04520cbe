package image

import "strings"

// Is reports whether a file that begins with head is an image, of whatever version and however damaged.
func Is(head []byte) bool { return strings.HasPrefix(string(head), magic) }
