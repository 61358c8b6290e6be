package com.service;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class OrderProcessingServiceApplication {
  public static void main(String[] args) {
    SpringApplication.run(OrderProcessingServiceApplication.class, args);
  }
}
