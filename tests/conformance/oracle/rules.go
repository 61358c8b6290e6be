package main

import (
	"fmt"
	"math/rand/v2"
)

// randomRule makes a trip rule that a person might write, or nearly; every count that it names can matter.
func randomRule(random *rand.Rand) string {
	a, b := 1+random.IntN(5), 2+random.IntN(6)
	relation := one(random, ">", ">=", ">=", "==")
	count := one(random, countNames...)
	rule := one(random,
		fmt.Sprintf("consecutiveFailures %s %d", relation, a),
		fmt.Sprintf("%d < totalFailures", a),
		fmt.Sprintf("requests %s %d", relation, b),
		fmt.Sprintf("%s %s %d", count, relation, a),
		fmt.Sprintf("%s != %d", count, a),
		fmt.Sprintf("%s <= %d", count, a),
		fmt.Sprintf("%s in [%d, %d, 4.0, 9u]", count, a, b),
		fmt.Sprintf("!(%s in [%d, %d])", count, a, b),
		fmt.Sprintf("requests >= %d && double(totalFailures) / double(requests) >= 0.%d", b, a),
		fmt.Sprintf("double(totalFailures) / double(totalSuccesses) > %d.5", a),
		fmt.Sprintf("totalFailures * %d >= requests && requests > %d", a, b),
		fmt.Sprintf("totalFailures - totalSuccesses >= %d", a),
		fmt.Sprintf("totalFailures > %d || consecutiveFailures > %d", b, a),
		fmt.Sprintf("totalSuccesses == 0 ? consecutiveFailures >= %d : totalFailures >= %d", a, b),
		fmt.Sprintf("consecutiveSuccesses == 0 && totalFailures >= %d && totalSuccesses >= %d", a, a-1),
		fmt.Sprintf("%d / (totalSuccesses - %d) > 3 && totalFailures > %d", 10*b, a, a),
		fmt.Sprintf("totalFailures > %d || 1 / totalSuccesses > 100", b),
		fmt.Sprintf("requests %% %d == 0 && totalFailures > 1", b),
		fmt.Sprintf("uint(totalFailures) >= %du", a),
		fmt.Sprintf("uint(totalSuccesses - %d) > 1u || consecutiveFailures == %d", a, b),
		fmt.Sprintf("totalFailures > %d.5", a),
		fmt.Sprintf("-totalFailures < -%d || requests * 1152921504606846976 < 0", a),
		fmt.Sprintf("int(double(requests) * 0.%d) <= totalFailures && requests >= %d", b, b),
		fmt.Sprintf("(requests > %d ? totalFailures : consecutiveFailures) > %d", b, a),
		fmt.Sprintf("requests == totalSuccesses + totalFailures && totalFailures >= %d", a),
		fmt.Sprintf("requests - totalSuccesses - totalFailures >= %d && consecutiveFailures + consecutiveSuccesses > 0", a),
		fmt.Sprintf("consecutiveFailures == totalFailures && totalFailures == %d", a),
		"consecutiveFailures >= 1", "totalFailures >= 0", "requests < 0", "true", "false", "1 / totalSuccesses == 1",
	)
	mustCompileTrip(rule)
	return rule
}
