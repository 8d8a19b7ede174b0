import { ENDPOINT } from './ask.js';
import { copyOnClick } from './copy.js';
import { showJobs } from './jobs.js';
import { showPlayground } from './playground.js';

const byId = (id) => document.getElementById(id);

byId('endpoint').textContent = ENDPOINT;
byId('sandbox').href =
  `https://studio.apollographql.com/sandbox/explorer?endpoint=${encodeURIComponent(ENDPOINT)}`;
copyOnClick(byId('copy-endpoint'), () => ENDPOINT);
showJobs();
showPlayground();
