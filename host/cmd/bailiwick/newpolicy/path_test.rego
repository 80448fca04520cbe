package @PACKAGE@_test

import data.@PACKAGE@ as policy

doc(ms) := {"path": {"from": {"id": "a"}, "to": {"id": "b"}, "rttMs": ms}, "settings": {"maxMs": 30}}

test_near if count(policy.deny) == 0 with input as doc(30)

test_far if policy.deny == {"a and b are 30.5 ms apart; at most 30 are allowed"} with input as doc(30.5)
