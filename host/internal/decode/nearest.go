package decode

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxSuggestions is how many names a message suggests: more is noise.
	maxSuggestions = 3
	// maxNameLength is up to how many characters names are compared: nobody
	// mistypes a longer one by hand, and the comparison is quadratic.
	maxNameLength = 128
)

// Nearest returns up to three of the known names that name is probably a
// misspelling of, best first, in an order that depends on nothing else. Names
// are near when few single-character edits (insertion, deletion, substitution,
// swap of neighbours) lead from one to the other, letter case aside: one edit
// for names of up to four characters, and one more for every three beyond.
func Nearest(name string, known []string) []string {
	n := utf8.RuneCountInString(name)
	if n == 0 || n > maxNameLength {
		return nil
	}
	type candidate struct {
		name     string
		distance int
	}
	limit := 1 + max(n-2, 0)/3
	lower := []rune(strings.ToLower(name))
	var found []candidate
	for _, k := range known {
		if k == "" || len(k) > n*utf8.UTFMax+limit {
			continue
		}
		d := editDistance(lower, []rune(strings.ToLower(k)), limit)
		if d <= limit && d < n {
			found = append(found, candidate{k, d})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	out := make([]string, 0, maxSuggestions)
	for _, c := range found {
		if len(out) == maxSuggestions {
			break
		}
		if !slices.Contains(out, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// DidYouMean returns `; did you mean "x" or "y"?` for the names nearest to
// name, or "" if none is near.
func DidYouMean(name string, known []string) string {
	near := Nearest(name, known)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + orList(near) + "?"
}

// editDistance is the Damerau-Levenshtein distance (optimal string alignment)
// of a and b, or limit+1 as soon as it is known to exceed limit.
func editDistance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before := make([]int, len(b)+1) // row i-2
	above := make([]int, len(b)+1)  // row i-1
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
