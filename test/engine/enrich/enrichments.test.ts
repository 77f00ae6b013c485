import { describe, expect, it } from '@jest/globals';
import { createEnrichments } from '../../../src/connectors/enrichments.js';
import { countryEnrichment } from '../../../src/connectors/geo/country-of-address.js';
import { deviceEnrichment } from '../../../src/engine/enrich/device.js';

describe('the country of an address', () => {
  const { apply, version } = countryEnrichment();

  it.each([
    ['8.8.8.8', 'US'],
    ['::ffff:8.8.8.8', 'US'],
    ['::FFFF:808:808', 'US'],
    ['0:0:0:0:0:ffff:8.8.8.8', 'US'],
    ['::ffff:10.0.0.1', null],
    ['2a00:1450:4001:ffff::200e', 'DE'],
    ['fe80::1%eth0', null],
    ['194.77.0.1', 'DE'],
    ['10.0.0.1', null],
    ['127.0.0.1', null],
    ['::1', null],
    ['localhost', null],
    [' 8.8.8.8', null],
    ['', null],
    [null, null],
  ])('of %j is %j', (ip, country) => expect([apply(ip), apply(ip)]).toEqual([country, country]));

  it('is known with the version of its data', () => expect(version).toMatch(/^@ip-location-db\/dbip-country-mmdb \d+\./));

  it('is not looked up in a file that is no database', () =>
    expect(() => countryEnrichment(import.meta.filename)).toThrow(/can't be read: it must be a file in MaxMind's format/));
});

describe('the name of a currency', () => {
  const { apply, version } = createEnrichments()('iso4217.name');

  it.each([
    ['GBP', 'Pound Sterling'],
    ['eur', 'Euro'],
    ['ZZZ', null],
    ['', null],
    [null, null],
  ])('of %j is %j', (code, name) => expect(apply(code)).toBe(name));

  it('is known with the version of its list', () => expect(version).toMatch(/^currency-codes \d+\./));
});

describe('the enrichments of a process', () => {
  it('are opened when they are asked for, once', () => {
    const enrichments = createEnrichments();
    expect(enrichments('geo.country')).toBe(enrichments('geo.country'));
    expect(enrichments('ua.device').version).toMatch(/^ua-parser-js 1\./);
  });

  it('need what is asked for alone', () => {
    const enrichments = createEnrichments(import.meta.filename);
    expect(enrichments('ua.device').apply('curl/8')).toBe('Bot');
    expect(() => enrichments('geo.country')).toThrow(/can't be read/);
  });
});

describe('the device of a user agent', () => {
  const { apply } = deviceEnrichment('1');
  const safari = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';

  it.each([
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) ${safari}`, 'Apple iPhone'],
    [
      'Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36',
      'Samsung SM-S918B',
    ],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36', 'Android'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36', 'Windows'],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Bot'],
    ['curl/8.5.0', 'Bot'],
    ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', 'Bot'],
    ['Mediapartners-Google', 'Bot'],
    ['ia_archiver', 'Bot'],
    ['Python-urllib/3.11', 'Bot'],
    ['Go-http-client/1.1', 'Bot'],
    ['Mozilla/5.0 (Linux; Android 7.0; CUBOT X18 Plus) AppleWebKit/537.36 Chrome/70.0 Mobile Safari/537.36', 'CUBOT X18 Plus'],
    ['something of its own', 'Unknown'],
    ['', 'Unknown'],
    [null, 'Unknown'],
  ])('of %j is %j', (agent, device) => expect([apply(agent), apply(agent)]).toEqual([device, device]));

  it.each([
    ['x', 1_024],
    ['é', 512],
  ])('is looked for in the first 1,024 bytes', (character, times) => {
    expect(apply(`${character.repeat(times)} Googlebot/2.1`)).toBe('Unknown');
    expect(apply(`${character.repeat(times - 20)} Googlebot/2.1`)).toBe('Bot');
  });
});
