/**
 * What our processes ask of Node.
 *
 * V8 lets the young generation of each thread grow to some hundred MB before it collects: the gateway holds 60 MB and would take 430.
 * With small ones it takes 340.
 *
 * Maglev, V8's middle compiler, crashes now and then in Node 24 when a machine has more work than cores (nodejs/node#64841, decision 016).
 * Hot code goes to the last one as ever.
 */
export const NODE_ARGS = ['--max-semi-space-size=16', '--no-maglev']
