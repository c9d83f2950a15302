// Loaded into a measured program (node --require): when it ends, writes what it used to the file that the environment
// names. Peak memory and CPU time of a process are known to nobody else without a tool that a bare machine may lack.
const { writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const file = process.env.AUDICIA_BENCH_USAGE;
if (isMainThread && file) process.on('exit', () => writeFileSync(file, JSON.stringify(process.resourceUsage())));
