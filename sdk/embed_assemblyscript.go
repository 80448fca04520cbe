package sdk

import "embed"

// assemblyScriptSources are the SDK for AssemblyScript and its template.
//
//go:embed assemblyscript/assembly templates/assemblyscript
var assemblyScriptSources embed.FS

func init() {
	templates["assemblyscript"] = func(p Plugin) ([]File, error) {
		return gathered(assemblyScriptSources, p, "templates/assemblyscript", "", []place{{"templates/assemblyscript", ""}, {"assemblyscript/assembly", "bailiwick/"}})
	}
}
