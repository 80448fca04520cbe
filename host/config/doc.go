// Package config settles what a host is opened with, for whoever runs one as a program: the command and
// the daemon. Embedders need not use it.
//
//	defaults < bailiwick.yaml < its profile < BAILIWICK_… variables < flags ──Load──▶ Config ──Open──▶ host
//
// [Load] finds and reads the layers and merges them key by key; a [Config] is what is in force, each value
// with its [Origin]. [Config.Options] and [Config.Open] turn it into a host; [Config.Check] says everything
// that is wrong with it.
//
// Every layer is decoded as strictly as any document: an unknown key or variable, a duplicate key, a wrong
// type is an error that says where. Lists, a setting's value too, replace what the layers below say;
// settings are merged by policy and setting, limits by limit.
package config
