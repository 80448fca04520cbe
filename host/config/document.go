package config

import "github.com/bailiwick-dev/bailiwick/host/internal/decode"

// Document is a bailiwick.yaml as it is written.
type Document struct {
	APIVersion string `json:"apiVersion" omit:"required" enum:"bailiwick/v1" doc:"Version of this format."`
	Kind       string `json:"kind" omit:"required" enum:"Config" doc:"What this document is."`
	Values
	Profile  string            `json:"profile,omitempty" omit:"default" doc:"Name of the profile that is in force unless BAILIWICK_PROFILE or --profile says another. If omitted or empty, none."`
	Profiles map[string]Values `json:"profiles,omitempty" omit:"none" doc:"Sets of values by name; the one in force lies over the values beside it: lists replace lists, settings are merged by policy and setting, limits by limit."`
}

// Values are what a configuration, or a profile of it, may set. What is nil is left to the layers below.
type Values struct {
	Topology         []string                  `json:"topology,omitempty" omit:"default" format:"text" doc:"Topology files, directories or a compiled snapshot to lay over the embedded catalogue. Paths are relative to the file they are written in. A list takes the place of the list below it. If omitted, none."`
	TopologyOnly     *bool                     `json:"topologyOnly,omitempty" omit:"default" doc:"Leaves the embedded catalogue out. If omitted, false."`
	Policies         []string                  `json:"policies,omitempty" omit:"default" format:"text" doc:"Directories of Rego policies to add. Paths are relative to the file they are written in. A list takes the place of the list below it. If omitted, none."`
	Plugins          []string                  `json:"plugins,omitempty" omit:"default" format:"text" doc:"Plugins to add: wasm modules that bailiwick plugin build made. Paths are relative to the file they are written in. A list takes the place of the list below it. If omitted, none."`
	PluginCache      *string                   `json:"pluginCache,omitempty" omit:"default" format:"text" doc:"Directory that keeps compiled plugins, so that the next run need not compile them; its own, for its user alone. user stands for bailiwick/plugins below the user's cache directory, none for keeping nothing. A path is relative to the file it is written in. If omitted, user."`
	Grants           map[string][]string       `json:"grants,omitempty" omit:"none" format:"text" doc:"Capabilities that plugins may use: policy id, then names out of log, time and random. Merged with those of other layers by policy; a list takes the place of the list below it."`
	StandardPolicies *bool                     `json:"standardPolicies,omitempty" omit:"default" doc:"Whether the standard policies take part. If omitted, true."`
	WithoutPolicies  []string                  `json:"withoutPolicies,omitempty" omit:"default" format:"text" doc:"Ids of standard policies to leave out. A list takes the place of the list below it. If omitted, none."`
	Settings         map[string]map[string]any `json:"settings,omitempty" omit:"none" doc:"Settings of policies: policy id, then setting, then value. Merged with those of other layers by policy and setting; a value takes the place of the value below it whole."`
	Engine           *string                   `json:"engine,omitempty" omit:"default" enum:"lane|rego" doc:"What evaluates the rules: lane, all sites at once, or rego, OPA itself, the reference; both answer the same. If omitted, lane."`
	Limits           *LimitValues              `json:"limits,omitempty" omit:"none" doc:"Bounds of what a decision may cost and show. Merged with those of other layers by limit."`
	Output           *string                   `json:"output,omitempty" omit:"default" enum:"text|json|yaml|csv" doc:"How decide writes a decision unless -o says. If omitted, text."`
}

// LimitValues are the limits a configuration may set.
type LimitValues struct {
	RunnersUp    *int64 `json:"runnersUp,omitempty" omit:"default" min:"0" max:"100" doc:"Placements a decision shows beside the best one. If omitted, 2."`
	RequestBytes *int64 `json:"requestBytes,omitempty" omit:"default" min:"1" max:"1048576" doc:"Bytes of a request. If omitted, 1048576, which is the most."`
	Steps        *int64 `json:"steps,omitempty" omit:"default" min:"1" max:"1000000000" doc:"Expressions one policy may evaluate at one site, with what built-in functions charge. If omitted, 500000."`
	ValueBytes   *int64 `json:"valueBytes,omitempty" omit:"default" min:"1" max:"1073741824" doc:"Bytes of a value one expression of a policy may produce. If omitted, 1048576."`
	Findings     *int64 `json:"findings,omitempty" omit:"default" min:"1" max:"1000000" doc:"Reasons, warnings or obligations a policy may give at one site. If omitted, 100."`
	MessageBytes *int64 `json:"messageBytes,omitempty" omit:"default" min:"1" max:"1048576" doc:"Bytes of one message of a policy. If omitted, 4096."`

	PluginFuel        *int64 `json:"pluginFuel,omitempty" omit:"default" min:"1" max:"30000000000" doc:"The most fuel that a plugin's manifest may ask for a call, in units of about a cycle; a plugin that does not say gets 100000000, or this if it is less. If omitted, 10000000000."`
	PluginFuelPerRow  *int64 `json:"pluginFuelPerRow,omitempty" omit:"default" min:"1" max:"30000000000" doc:"The same for what comes on top for each row of a call; a plugin that does not say gets 30000. If omitted, 1000000."`
	PluginInitialFuel *int64 `json:"pluginInitialFuel,omitempty" omit:"default" min:"1" max:"600000000000" doc:"The same for a plugin's initialisation; a plugin that does not say gets 10000000000. If omitted, 60000000000."`
	PluginMemoryPages *int64 `json:"pluginMemoryPages,omitempty" omit:"default" min:"1" max:"65535" doc:"The most memory that a plugin's manifest may ask for, in pages of 64 KiB; a plugin that does not say gets 1024. If omitted, 16384."`
}

// Schema returns the JSON Schema (2020-12) of a configuration.
func Schema() ([]byte, error) {
	return decode.Schema(Document{}, "https://bailiwick.dev/schema/config.json", "Bailiwick configuration")
}
