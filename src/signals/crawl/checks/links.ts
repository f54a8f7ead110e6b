import { defineCheck, finalHop, NONE, type Problem, quoted } from './check.js';

/** Links are ones that a crawler follows, and those to listed pages lead straight to a page. */
export const links = defineCheck({
  id: 'links',
  about: 'links can be followed, and none leads to a listed page that redirects or is gone',
  needs: ['links'],
  of: 'html',
  schema: NONE,
  find: ({ html }, _parameters, site) => {
    if (html?.links === undefined)
      return [{ what: 'unverified', detail: 'the links of the page were not read' }];
    const problems: Problem[] = [];
    const dead = html.deadLinks ?? [];
    if (dead.length > 0) problems.push({ what: 'dead', detail: `no crawler follows ${quoted(dead)}` });
    const targets = (html.linksTo ?? []).flatMap((url) => site.page(url) ?? []);
    const moved = targets.filter((page) => page.failure === undefined && page.hops.length > 1);
    if (moved.length > 0)
      problems.push({
        what: 'redirected',
        detail: `links to ${quoted(moved.map(({ url }) => url))}, which redirects`,
      });
    const gone = targets.filter((page) => page.failure !== undefined || finalHop(page).status >= 400);
    if (gone.length > 0)
      problems.push({
        what: 'broken',
        detail: `links to ${quoted(gone.map(({ url }) => url))}, which does not answer 200`,
      });
    return problems;
  },
});
