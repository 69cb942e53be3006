/*
 * Entry `app`, on every page. Each behaviour only adds to a page that works without it.
 *
 * What templates write for it:
 *   <html data-bs-theme="light|dark">      only when the person has chosen (cookie `theme`, set by the server);
 *                                          without the attribute the page follows the system
 *   <time datetime="..." data-relative>    becomes "in 2 days", with the server's own text as its title
 *   <button data-confirm="Really ...?">    asks before its form is sent (also on <form>)
 *   <form data-guard>                      warns before leaving with unsent changes
 *   <input type="checkbox" data-toggles="id">  shows the element with that id only while ticked
 *   hx-*                                   htmx 2; a 422 answer is swapped in like a 200
 */
import '@tabler/core/dist/css/tabler.min.css';
import './styles/app.css';
import './pages.css';
import { askBeforeSending } from './behaviours/confirm.js';
import { guardUnsent } from './behaviours/guard.js';
import { startHtmx } from './behaviours/htmx.js';
import { showRelativeTimes } from './behaviours/relative-time.js';
import { followSystemTheme } from './behaviours/theme.js';
import { showCurrentTab } from './behaviours/tabs.js';
import { linkToggles } from './behaviours/toggles.js';

followSystemTheme(document.documentElement);
startHtmx();
askBeforeSending(document);
guardUnsent(document, window);
linkToggles(document);
showCurrentTab(document);
showRelativeTimes(document);
