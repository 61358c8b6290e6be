'use strict';
// What the adapters say to who gives them something wrong: at once, not with the first request.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const axios = require('axios');
const { wrapFetch } = require('../http/fetch');
const { interceptor } = require('../http/undici');
const { adapter, attach } = require('../http/axios');
const { real } = require('./support/policies');

const makers = {
  wrapFetch,
  interceptor,
  adapter,
  attach: (engine, options) => attach(axios.create(), engine, options),
};

for (const [name, make] of Object.entries(makers))
  test(`${name}: an engine that is none, and options that there are not`, (t) => {
    const { engine } = real(t);
    for (const none of [undefined, null, {}, 'resources'])
      assert.throws(() => make(none), { name: 'TypeError', message: 'an adapter needs an Engine of resil' });
    assert.throws(() => make(engine, { waitWhenopen: true }), {
      name: 'TypeError',
      message: /no option 'waitWhenopen'; it has target, maxPaths, waitWhenOpen, deadline, outcome/,
    });
    for (const options of [undefined, null, {}, { waitWhenOpen: undefined, maxPaths: 1 }]) make(engine, options);
  });

test('attach takes the client first', (t) => {
  const { engine } = real(t);
  assert.throws(() => attach(engine, axios), /attach takes axios, or an instance that it made, and then an Engine/);
});
