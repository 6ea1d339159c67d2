#pragma once
#include <curl/curl.h>

// Swift calls no variadic functions, so these fix their arguments.

static inline CURLcode tare_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode tare_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

/// `buffer` takes CURL_ERROR_SIZE bytes of text and outlives the transfer.
static inline CURLcode tare_curl_set_error_buffer(CURL *handle, char *buffer) {
  return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

static inline CURLcode tare_curl_set_writer(
    CURL *handle, size_t (*write)(char *bytes, size_t size, size_t count, void *context), void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, write);
  return code ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

/// The status of the latest answer; 0 before there is one.
static inline long tare_curl_status(CURL *handle) {
  long status = 0;
  return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) ? 0 : status;
}
