package redundancy.strategy_test

import data.redundancy.strategy

doc(rto, copies) := {
	"component": {"name": "db", "rtoSeconds": rto, "survive": "region"},
	"scenario": {"kind": "none"},
	"settings": {"fastest": {"active": 0, "warm": 60, "standby": 600, "backup": 14400}, "generous": 100},
	"placement": {"copies": [{"component": "db", "role": copy[0], "site": {"region": copy[1]}} | some copy in copies]},
}

said(rto, description, takes, better) := {sprintf(`component "db" is to be back after %v seconds, and after the loss of a region its strategy (%s) takes %v or more; %s`, [rto, description, takes, better])}

test_active if {
	count(strategy.deny) == 0 with input as doc(0, [["primary", "a"], ["primary", "b"]])
}

test_warm if {
	count(strategy.deny) == 0 with input as doc(60, [["primary", "a"], ["replica", "b"]])
	strategy.deny == said(59, "a copy elsewhere that serves and is promoted", 60, "give copies in several regions the role primary, or raise rtoSeconds") with input as doc(59, [["primary", "a"], ["replica", "b"]])
}

test_standby if {
	count(strategy.deny) == 0 with input as doc(600, [["primary", "a"], ["standby", "b"]])
	strategy.deny == said(60, "a standby elsewhere that is started", 600, "make the standby a replica, or raise rtoSeconds") with input as doc(60, [["primary", "a"], ["standby", "b"]])
}

test_backup if {
	strategy.deny == said(600, "one region, and backups", 14400, "add a copy in another region, or raise rtoSeconds") with input as doc(600, [["primary", "a"], ["replica", "a"]])
	count(strategy.deny) == 0 with input as doc(14400, [["primary", "a"]])
}

test_generous if {
	strategy.warn == {`component "db" may take 60000 seconds to come back; a standby elsewhere that is started would do`} with input as doc(60000, [["primary", "a"], ["replica", "b"]])
	count(strategy.warn) == 0 with input as doc(600, [["primary", "a"], ["replica", "b"]])
	count(strategy.warn) == 0 with input as object.union(doc(60000, [["primary", "a"], ["replica", "b"]]), {"settings": {"generous": 0}})
}

test_asks_for_nothing if {
	calm := object.union(doc(1, [["primary", "a"]]), {"component": {"survive": "zone"}})
	count(strategy.deny) == 0 with input as calm
}
