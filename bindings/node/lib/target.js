'use strict';
// Targets: what policies belong to, with what separates breakers inside them.

const { KIND } = require('./codes');

const TYPES = ['Binding', 'Configuration', 'Lock', 'Pubsub', 'Crypto', 'Conversation', 'Secretstore', 'Statestore'];

class Target {
  constructor(kind, name, instance) {
    this.kind = kind;
    this.name = name;
    this.instance = instance;
  }

  /** Equal for equal targets, and for no others. */
  get key() {
    return `${this.kind} ${this.name.length} ${this.name}${this.instance === undefined ? '' : ` ${this.instance}`}`;
  }

  toString() {
    const { kind, name, instance } = this;
    if (kind === KIND.COMPONENT_IN) return `${name} inbound`;
    if (kind === KIND.COMPONENT_OUT) return `${name} outbound`;
    return instance === undefined ? name : `${name}:${instance}`;
  }
}

function text(value, what) {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${what} is a text that is not empty, not ${value === '' ? "''" : String(value)}`);
}

const optional = (value, what) => (value === undefined || value === null ? undefined : text(value, what));

const app = (name, method) => new Target(KIND.APP, text(name, "an app's id"), optional(method, "an app's method"));

const actor = (type, id) => new Target(KIND.ACTOR, text(type, "an actor's type"), optional(id, "an actor's id"));

function component(name, { direction = 'outbound', type } = {}) {
  const kind = { outbound: KIND.COMPONENT_OUT, inbound: KIND.COMPONENT_IN }[direction];
  if (kind === undefined)
    throw new TypeError(`a component's direction is 'outbound' or 'inbound', not ${String(direction)}`);
  if (type !== undefined && !TYPES.includes(type))
    throw new TypeError(`a component's type is one of ${TYPES.join(', ')}, not ${String(type)}`);
  return new Target(kind, text(name, "a component's name"), type);
}

const builtin = (name) => new Target(KIND.BUILTIN, text(name, 'the name of a built-in policy'), undefined);

/** From {app, method}, {actor, id}, {component, direction, type} or {builtin}. */
function targetOf(description) {
  if (typeof description === 'object' && description !== null) {
    if (description.app !== undefined) return app(description.app, description.method);
    if (description.actor !== undefined) return actor(description.actor, description.id);
    if (description.component !== undefined) return component(description.component, description);
    if (description.builtin !== undefined) return builtin(description.builtin);
  }
  throw new TypeError('a target is {app, method}, {actor, id}, {component, direction, type} or {builtin}');
}

module.exports = { Target, app, actor, component, builtin, targetOf };
