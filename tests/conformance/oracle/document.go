package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

type object = map[string]any

// endpoint is what has a breaker, as a trace names it.
type endpoint struct {
	target  object
	policy  policy
	breaker string // its name
	key     string // tells breakers apart
}

// document is a policy document with the endpoints that a trace calls.
type document struct {
	timeouts, retries, breakers, apps, actors, components []string
	policies                                              int
	endpoints                                             []*endpoint
}

// use adds a policy to the document and gives the fields by which a target refers to it.
func (d *document) use(random *rand.Rand) (policy, []string) {
	p, timeout, retry, breaker := randomPolicy(random)
	n, fields := d.policies, []string{}
	d.policies++
	add := func(to *[]string, field, prefix, value string) {
		if value != "" {
			*to = append(*to, fmt.Sprintf("%s%d: %s", prefix, n, value))
			fields = append(fields, fmt.Sprintf("%s: %s%d", field, prefix, n))
		}
	}
	add(&d.timeouts, "timeout", "t", timeout)
	add(&d.retries, "retry", "r", retry)
	add(&d.breakers, "circuitBreaker", "cb", breaker)
	return p, fields
}

func flow(name string, fields []string) string {
	return name + ": {" + strings.Join(fields, ", ") + "}"
}

func (d *document) addApp(random *rand.Rand, name string) {
	p, fields := d.use(random)
	d.apps = append(d.apps, flow(name, fields))
	for _, method := range []string{"orders", "refunds"}[:1+random.IntN(2)] {
		target := object{"kind": "app", "name": name, "method": method}
		d.endpoints = append(d.endpoints, &endpoint{target, p, name + ":" + method, "app " + name + ":" + method})
	}
}

func (d *document) addActor(random *rand.Rand, name string) {
	p, fields := d.use(random)
	scope := one(random, "id", "type", "both")
	if p.breaker {
		fields = append(fields, "circuitBreakerScope: "+scope)
	}
	d.actors = append(d.actors, flow(name, fields))
	for _, id := range []string{"a1", "b-2", "c"}[:1+random.IntN(3)] {
		breaker := name
		if scope != "type" {
			breaker = name + "-" + id
		}
		target := object{"kind": "actor", "name": name, "method": id, "id": id}
		d.endpoints = append(d.endpoints, &endpoint{target, p, breaker, "actor " + breaker})
	}
}

func (d *document) addComponent(random *rand.Rand, name string) {
	both := []string{}
	for _, direction := range []string{"inbound", "outbound"} {
		if chance(random, 0.3) {
			continue
		}
		p, fields := d.use(random)
		both = append(both, flow(direction, fields))
		target := object{"kind": "component", "name": name, "method": "", "direction": direction, "type": "Pubsub"}
		breaker := ""
		if p.breaker {
			breaker = d.breakers[len(d.breakers)-1]
			breaker = breaker[:strings.Index(breaker, ":")] + "-" + name
		}
		d.endpoints = append(d.endpoints, &endpoint{target, p, breaker, "component " + name + " " + direction})
	}
	d.components = append(d.components, flow(name, both))
}

func randomDocument(random *rand.Rand) *document {
	d := &document{}
	for len(d.endpoints) == 0 || chance(random, 0.4) {
		n := len(d.apps) + len(d.actors) + len(d.components)
		switch random.IntN(5) {
		case 0:
			d.addActor(random, fmt.Sprintf("cart%d", n))
		case 1:
			d.addComponent(random, fmt.Sprintf("orderpubsub%d", n))
		default:
			d.addApp(random, fmt.Sprintf("order-processor%d", n))
		}
	}
	return d
}

func (d *document) yaml() string {
	var text strings.Builder
	text.WriteString("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: oracle\nscopes: [checkout]\nspec:\n")
	section := func(name string, lines []string) {
		if len(lines) == 0 {
			return
		}
		text.WriteString("    " + name + ":\n")
		for _, line := range lines {
			text.WriteString("      " + line + "\n")
		}
	}
	if len(d.timeouts)+len(d.retries)+len(d.breakers) > 0 {
		text.WriteString("  policies:\n")
	}
	section("timeouts", d.timeouts)
	section("retries", d.retries)
	section("circuitBreakers", d.breakers)
	text.WriteString("  targets:\n")
	section("apps", d.apps)
	section("actors", d.actors)
	section("components", d.components)
	return text.String()
}
