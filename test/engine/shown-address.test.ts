import { describe, expect, it } from '@jest/globals';
import { shownAddress } from '../../src/engine/shown-address.js';

describe('an address as it is shown', () => {
  it.each([
    's3://bucket/prefix',
    'file:///data/drops/',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/new-files',
    'http://127.0.0.1:7070',
    '[::1]:7233',
    'localhost:7233',
    '',
  ])('is %j as it is', (address) => {
    expect(shownAddress(address)).toBe(address);
  });

  it.each([
    ['https://user:hunter2@host/path', 'https://***@host/path'],
    ['https://hunter2@host', 'https://***@host'],
    ['https://user:hunter2@more@host/path', 'https://***@host/path'],
    ['https://user:hunter2/x@host/path', 'https://***@host/path'],
    ['mysql://user:hunter2?x@host:3306', 'mysql://***'],
    ['s3:/key:hunter2@bucket', 's3:/***@bucket'],
    ['user:hunter2@host', '***@host'],
    ['//user:hunter2@host', '//***@host'],
    ['https://host/x?X-Amz-Signature=hunter2', 'https://host/x?***'],
    ['https://host/x?a=b@hunter2', 'https://***'],
    ['https://host/x#hunter2', 'https://host/x#***'],
    ['https://host/x#a?hunter2', 'https://host/x#***'],
    ['http://u:hunter2@h/q?X-Sig=hunter2', 'http://***@h/q?***'],
    ['host?token=hunter2\nX', 'host?***'],
  ])('of %j is %j', (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
  });
});
