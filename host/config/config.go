package config

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Value is a value and where it comes from.
type Value[T any] struct {
	Value  T
	Origin Origin
}

// Config is what is in force. Make one with Load; read it, do not change it.
type Config struct {
	// File is the bailiwick.yaml that took part, "" if none did, and FileFrom what named it: the zero Origin
	// if it was found upward from the working directory.
	File     string
	FileFrom Origin

	Profile          Value[string]
	Topology         Value[[]Value[string]] // paths as they open from the working directory
	TopologyOnly     Value[bool]
	Policies         Value[[]Value[string]]            // paths as they open from the working directory
	Plugins          Value[[]Value[string]]            // paths as they open from the working directory
	PluginCache      Value[string]                     // a directory, "user" or "none"
	Grants           map[string]Value[[]Value[string]] // names of capabilities, by policy
	StandardPolicies Value[bool]
	WithoutPolicies  Value[[]Value[string]]
	Settings         map[string]map[string]Value[any] // by policy, then by setting
	Engine           Value[string]
	Limits           Limits
	Output           Value[string]

	doc   *document
	top   layer             // of environment and flags
	empty map[string]Origin // where a policy has settings without any
	warn  func(error)       // nil: nobody is told
}

// Limits are the bounds in force; see LimitValues.
type Limits struct {
	RunnersUp, RequestBytes, Steps, ValueBytes, Findings, MessageBytes Value[int64]

	PluginFuel, PluginFuelPerRow, PluginInitialFuel, PluginMemoryPages Value[int64]
}

// defaults is the lowest layer.
var defaults = layer{
	{path: []string{"profile"}, value: ""},
	{path: []string{"topology"}, value: []Value[string]{}},
	{path: []string{"topologyOnly"}, value: false},
	{path: []string{"policies"}, value: []Value[string]{}},
	{path: []string{"plugins"}, value: []Value[string]{}},
	{path: []string{"pluginCache"}, value: UserCache},
	{path: []string{"standardPolicies"}, value: true},
	{path: []string{"withoutPolicies"}, value: []Value[string]{}},
	{path: []string{"engine"}, value: host.DefaultEngine},
	{path: []string{"limits", "runnersUp"}, value: int64(host.DefaultRunnersUp)},
	{path: []string{"limits", "requestBytes"}, value: int64(placement.MaxRequestBytes)},
	{path: []string{"limits", "steps"}, value: int64(policy.DefaultSteps)},
	{path: []string{"limits", "valueBytes"}, value: int64(policy.DefaultValueBytes)},
	{path: []string{"limits", "findings"}, value: int64(policy.DefaultFindings)},
	{path: []string{"limits", "messageBytes"}, value: int64(policy.DefaultMessageBytes)},
	{path: []string{"limits", "pluginFuel"}, value: host.DefaultPluginLimits().Fuel},
	{path: []string{"limits", "pluginFuelPerRow"}, value: host.DefaultPluginLimits().FuelPerRow},
	{path: []string{"limits", "pluginInitialFuel"}, value: host.DefaultPluginLimits().InitialFuel},
	{path: []string{"limits", "pluginMemoryPages"}, value: host.DefaultPluginLimits().MemoryPages},
	{path: []string{"output"}, value: "text"},
}

// set puts the entry in force at its key.
func (c *Config) set(e entry) error {
	if e.path[0] == "settings" {
		id, name := e.path[1], e.path[2]
		if c.Settings[id] == nil {
			c.Settings[id] = map[string]Value[any]{}
		}
		c.Settings[id][name] = Value[any]{e.value, e.origin}
		return nil
	}
	ok := false
	name := strings.Join(e.path, ".")
	if e.path[0] == "grants" {
		var v Value[[]Value[string]]
		v.Value, ok = e.value.([]Value[string])
		v.Origin = e.origin
		c.Grants[e.path[1]] = v
	}
	switch to := c.at(name).(type) {
	case *Value[string]:
		to.Value, ok = e.value.(string)
		to.Origin = e.origin
	case *Value[bool]:
		to.Value, ok = e.value.(bool)
		to.Origin = e.origin
	case *Value[int64]:
		to.Value, ok = e.value.(int64)
		to.Origin = e.origin
	case *Value[[]Value[string]]:
		to.Value, ok = e.value.([]Value[string])
		to.Origin = e.origin
	}
	if !ok {
		return fmt.Errorf("config: %s cannot be %T", e.origin.blame(name), e.value) // a flag that its command declared wrongly
	}
	return nil
}

// at returns a pointer to the value of a key, nil for a key there is not.
func (c *Config) at(name string) any {
	switch name {
	case "profile":
		return &c.Profile
	case "topology":
		return &c.Topology
	case "topologyOnly":
		return &c.TopologyOnly
	case "policies":
		return &c.Policies
	case "plugins":
		return &c.Plugins
	case "pluginCache":
		return &c.PluginCache
	case "standardPolicies":
		return &c.StandardPolicies
	case "withoutPolicies":
		return &c.WithoutPolicies
	case "engine":
		return &c.Engine
	case "limits.runnersUp":
		return &c.Limits.RunnersUp
	case "limits.requestBytes":
		return &c.Limits.RequestBytes
	case "limits.steps":
		return &c.Limits.Steps
	case "limits.valueBytes":
		return &c.Limits.ValueBytes
	case "limits.findings":
		return &c.Limits.Findings
	case "limits.messageBytes":
		return &c.Limits.MessageBytes
	case "limits.pluginFuel":
		return &c.Limits.PluginFuel
	case "limits.pluginFuelPerRow":
		return &c.Limits.PluginFuelPerRow
	case "limits.pluginInitialFuel":
		return &c.Limits.PluginInitialFuel
	case "limits.pluginMemoryPages":
		return &c.Limits.PluginMemoryPages
	case "output":
		return &c.Output
	}
	return nil
}
