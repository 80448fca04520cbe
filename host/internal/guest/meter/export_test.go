package meter

// OneByOne are options under which every turn of a loop is paid when it comes.
func OneByOne(o Options) Options {
	o.oneByOne = true
	return o
}
