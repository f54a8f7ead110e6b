import type { FailureCode } from '../../../model/failure.js';
import type { Page } from '../page.js';

type Test = Extract<FailureCode, `gatetest.${string}`>;

/** Trouble of *.gate.test.yaml. */
export const gatetestPages: Readonly<Record<Test, Page>> = {
  'gatetest.notation': {
    means: 'The values of a series cannot be read.',
    why: 'They are written in the notation of promtool: a misread run of values would test something else.',
    mend: 'Values are 1, 0.5, 1e3, Inf and NaN; 1x4 makes five of them, 1+2x4 five that rise; _ is a gap, _x4 are four; stale ends the series.',
    example: ["values: '0.97x14 0.90x14 stale'"],
  },
  'gatetest.series': {
    means:
      'A series does not fit the question it answers: too short for the window, below zero, answered twice.',
    why: 'What is not answered is absent, and a test of absent data must be written on purpose.',
    mend: 'Give one value for each step of the window. Where nothing comes, write gaps: _x10.',
    example: ["- { signal: cache, part: good, values: '95x19 _x10' }   # 30 steps"],
  },
  'gatetest.page': {
    means:
      'A crawl asks for an address that the test says nothing of, or the test names one that no crawl asks for.',
    why: 'Taken for a page that is gone, or left alone, it would test something else than is written.',
    mend: 'Give each address that is asked for, robots.txt and sitemaps included. A final * stands for whatever follows.',
    example: ['pages: { /p/1: { html: "<title>Red shoes</title>" }, /robots.txt: 404, "/p/*": 404 }'],
  },
  'gatetest.unknown-name': {
    means: 'A signal, part, arm, segment, backend or criterion that the gate does not have.',
    why: 'A series that nobody asks for, or an expectation of nothing, would pass whatever the gate does.',
    mend: 'Take the names of the gate: gatekeeper list shows its criteria, gatekeeper plan its questions.',
  },
  'gatetest.expectation': {
    means: 'There are not as many expectations as looks, or none could be compared.',
    why: 'A look of which nothing is expected tests nothing.',
    mend: 'Give a list with one expectation for each instant of "at".',
    example: ['at: [5m, 10m, 30m]', 'expect: [inconclusive, inconclusive, fail]'],
  },
};
