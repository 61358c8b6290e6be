import resil = require('resil');
import testing = require('resil/testing');

const engine = resil.Engine.fromText('', { clock: new testing.VirtualClock(5) });
engine.execute({ app: 'a' }, () => 1).then((value) => value.toFixed());
engine.dispose();
